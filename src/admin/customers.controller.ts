import { Body, Delete, Get, HttpStatus, Injectable, Param, Post, Query, Res } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { CustomerOwners, CustomerQuery, type CustomerListFilter } from '../customers';
import { CustomerNotFoundError } from '../errors';
import { EventQuery } from '../events';
import { AdminPolicy } from './admin.options';
import { send } from './answer';
import {
  CustomerDetailView,
  customerDetailView,
  CustomerPageView,
  customerPageView,
  CustomerView,
  customerView,
} from './customer.view';
import { CustomerListQuery } from './dto/customer-list.query';
import { DtoPipe } from './dto/dto.pipe';
import { EndpointQuery } from './dto/endpoint.query';
import { LinkOwnerBody } from './dto/link-owner.body';
import { answers } from './error.view';
import { ApiOperation } from './openapi';

/** `GET customers`, `GET customers/:stripeId`, `POST` and `DELETE customers/:stripeId/owner`. */
@Injectable()
export class StripeAdminCustomersController {
  static readonly path = 'customers';

  constructor(
    private readonly customers: CustomerQuery,
    private readonly owners: CustomerOwners,
    private readonly events: EventQuery,
    private readonly policy: AdminPolicy,
    private readonly host: HttpAdapterHost,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'Lists customers, the latest known first',
    query: CustomerListQuery,
    answers: answers({ status: 200, description: 'A page of customers', type: CustomerPageView }, 400, 401),
  })
  async list(
    @Query(new DtoPipe(CustomerListQuery)) filter: CustomerListFilter,
    @Res() response: unknown,
  ): Promise<void> {
    const page = await this.customers.list(filter);
    send(this.host, response, { statusCode: HttpStatus.OK, body: customerPageView(page, this.policy.mask) });
  }

  @Get(':stripeId')
  @ApiOperation({
    summary: 'Shows a customer with its latest events',
    query: EndpointQuery,
    answers: answers({ status: 200, description: 'The customer', type: CustomerDetailView }, 400, 401, 404, 409),
  })
  async find(
    @Param('stripeId') stripeId: string,
    @Query(new DtoPipe(EndpointQuery)) { endpoint }: Readonly<EndpointQuery>,
    @Res() response: unknown,
  ): Promise<void> {
    const customer = await this.customers.find(stripeId, endpoint);
    if (customer === null) {
      throw new CustomerNotFoundError();
    }
    const { data } = await this.events.list({ customer: customer.stripeId, endpoint: customer.endpoint });
    send(this.host, response, {
      statusCode: HttpStatus.OK,
      body: customerDetailView(customer, data, this.policy.mask),
    });
  }

  @Post(':stripeId/owner')
  @ApiOperation({
    summary: 'Links a customer to a user of the application',
    description: 'An owner is never changed: unlink the one that is there first.',
    body: LinkOwnerBody,
    answers: answers({ status: 200, description: 'The customer', type: CustomerView }, 400, 401, 404, 409),
  })
  async linkOwner(
    @Param('stripeId') stripeId: string,
    @Body(new DtoPipe(LinkOwnerBody)) { owner, replay = false, endpoint }: Readonly<LinkOwnerBody>,
    @Res() response: unknown,
  ): Promise<void> {
    const customer = await this.owners.link(stripeId, owner, { replay, ...(endpoint !== undefined && { endpoint }) });
    send(this.host, response, { statusCode: HttpStatus.OK, body: customerView(customer, this.policy.mask) });
  }

  @Delete(':stripeId/owner')
  @ApiOperation({
    summary: 'Takes a customer’s owner away',
    query: EndpointQuery,
    answers: answers({ status: 200, description: 'The customer', type: CustomerView }, 400, 401, 404, 409),
  })
  async unlinkOwner(
    @Param('stripeId') stripeId: string,
    @Query(new DtoPipe(EndpointQuery)) { endpoint }: Readonly<EndpointQuery>,
    @Res() response: unknown,
  ): Promise<void> {
    const customer = await this.owners.unlink(stripeId, endpoint === undefined ? {} : { endpoint });
    send(this.host, response, { statusCode: HttpStatus.OK, body: customerView(customer, this.policy.mask) });
  }
}
