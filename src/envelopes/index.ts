export { fromEventBridge, fromEventGrid, type EventBridgeOptions } from './cloud-envelope';
export { fromQueueMessage } from './queue-message';
