export { createAdminControllers } from './admin-controllers';
export { AdminPolicy, AdminToken, type AdminOptions } from './admin.options';
export { DashboardFiles } from './dashboard';
export { isMaskPath } from './payload-mask';
