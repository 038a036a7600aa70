export { RawBodyCapture, type CaptureOptions } from './raw-body.capture';
export { SignatureVerifier, type SigningSecret } from './signature-verifier';
export { createWebhookController, type WebhookPlace } from './webhook.controller';
export { WebhookReceiver, type WebhookReceipt } from './webhook.receiver';
