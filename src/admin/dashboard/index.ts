export { StripeAdminDashboardController } from './dashboard.controller';
export { DashboardFiles } from './dashboard-files';
