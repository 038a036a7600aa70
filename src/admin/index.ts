export { createAdminControllers } from './admin-controllers';
export { AdminToken, type AdminOptions } from './admin.options';
