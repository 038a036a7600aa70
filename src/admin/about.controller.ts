import { Get, HttpStatus, Inject, Injectable, Res } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { HandlerDirectory, ServedAccounts } from '../events';
import { HandlerRegistry } from '../handlers';
import { AboutView, knownHandlers } from './about.view';
import { AdminPolicy } from './admin.options';
import { send } from './answer';
import { actionsOf, API_CONTROLLERS } from './api-controllers';
import { answers } from './error.view';
import { ApiOperation } from './openapi';

/** `GET about`. */
@Injectable()
export class StripeAdminAboutController {
  static readonly path = 'about';

  constructor(
    private readonly policy: AdminPolicy,
    @Inject(HandlerDirectory) private readonly directory: HandlerDirectory,
    private readonly registry: HandlerRegistry,
    private readonly accounts: ServedAccounts,
    private readonly host: HttpAdapterHost,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'Says what can be done here, for programs that show it',
    answers: answers({ status: 200, description: 'What can be done', type: AboutView }, 401),
  })
  about(@Res() response: unknown): void {
    const { readOnly, mask } = this.policy;
    const body: AboutView = {
      readOnly,
      redacts: mask.hides,
      actions: readOnly ? [] : actionsOf(API_CONTROLLERS),
      endpoints: this.accounts.names,
      handlers: this.directory.ids() === null ? null : knownHandlers(this.registry.all()),
    };
    send(this.host, response, { statusCode: HttpStatus.OK, body });
  }
}
