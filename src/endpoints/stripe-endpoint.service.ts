import { Injectable } from '@nestjs/common';
import { EndpointNotFoundError, EndpointNotOwnedError, InvalidRequestError } from '../errors';
import { ServedAccounts } from '../events';
import { HandlerRegistry } from '../handlers';
import { StripeClients } from '../stripe-api';
import type { EndpointApi } from './endpoint-api';
import { changesOf } from './endpoint-changes';
import { checkDeclaration, type StripeEndpointDeclaration } from './endpoint-declaration';
import { driftOf, type StripeEndpointDrift, type WantedEndpoint } from './endpoint-drift';
import { EventDestinationApi } from './event-destination-api';
import { endpointFor } from './find-endpoint';
import type { RemoteEndpoint } from './remote-endpoint';
import { rotationOf, type StripeSecretRotation } from './secret-rotation';
import { wantedThinTypes, wantedTypes } from './wanted-types';
import { WebhookEndpointApi } from './webhook-endpoint-api';

/** How a declaration is applied. */
export interface ApplyEndpointOptions {
  /** Whether to look only, and change nothing. @default false */
  readonly dryRun?: boolean;
  /**
   * Whether types stay enabled that have no handler here. During a deployment the old version may still handle them.
   * @default false
   */
  readonly keepExtraTypes?: boolean;
  /** The endpoint, `we_…` or `ed_…`, that this module shall look after from now on, although somebody else made it. @default none */
  readonly takeOver?: string;
}

/** What became of a declaration. */
export interface StripeEndpointResult {
  /** What was done; of a dry run, what would be. */
  readonly action: StripeEndpointDrift['action'];
  /** What was different before. `apiVersion` and `connect` still are: nothing changes them. */
  readonly drift: StripeEndpointDrift;
  /** The endpoint at Stripe, `we_…` or `ed_…`; null when a dry run would create it. */
  readonly endpointId: string | null;
  /**
   * The signing secret of an endpoint that was created by this call; null otherwise. Stripe says it this once, and the
   * module keeps it nowhere: store it where `webhookSecret` comes from, and do not log the result.
   */
  readonly secret: string | null;
}

/** Keeps the webhook endpoint at Stripe, or the destination of thin events, as the application's handlers need it. */
@Injectable()
export class StripeEndpointService {
  constructor(
    private readonly clients: StripeClients,
    private readonly registry: HandlerRegistry,
    private readonly accounts: ServedAccounts,
  ) {}

  /**
   * Compares the endpoint at Stripe with the declared one. Changes nothing.
   *
   * @throws {InvalidRequestError} when the declaration cannot be used, or nothing asks for any event
   * @throws {EndpointAmbiguousError} when several endpoints could be meant
   */
  async diff(declaration: StripeEndpointDeclaration): Promise<StripeEndpointDrift> {
    const { wanted, api } = this.prepare(declaration);
    return driftOf(wanted, endpointFor(declaration, await api.list()));
  }

  /**
   * Makes the endpoint at Stripe as it is declared: creates it, or changes its address, its types and its description,
   * and enables it. Call it when the application's handlers are known, e.g. after `app.init()`.
   *
   * @throws {EndpointNotOwnedError} when the endpoint at this address is somebody else's; see `takeOver`
   * @throws {EndpointNotFoundError} when the endpoint to take over is not there
   * @throws {InvalidRequestError} when the declaration cannot be used, or nothing asks for any event
   * @throws {EndpointAmbiguousError} when several endpoints could be meant
   */
  async apply(
    declaration: StripeEndpointDeclaration,
    options: ApplyEndpointOptions = {},
  ): Promise<StripeEndpointResult> {
    const { wanted, api } = this.prepare(declaration);
    const found = endpointFor(declaration, await api.list(), options.takeOver);
    if (found !== null || options.dryRun === true) {
      return this.change({ wanted, api, found }, options);
    }
    const created = await api.create(wanted);
    if (created === null) {
      // Another process was first, with other handlers.
      return this.change({ wanted, api, found: endpointFor(declaration, await api.list()) }, options);
    }
    const drift = driftOf(wanted, null);
    return { action: 'create', drift, endpointId: created.id, secret: created.secret ?? null };
  }

  /**
   * Says how the secret of the declared endpoint is changed without losing a delivery: the API cannot do it.
   *
   * @throws {EndpointNotFoundError} when there is no such endpoint
   * @throws {EndpointAmbiguousError} when several endpoints could be meant
   */
  async rotateSecret(declaration: StripeEndpointDeclaration): Promise<StripeSecretRotation> {
    checkDeclaration(declaration);
    const found = endpointFor(declaration, await this.apiOf(this.accountOf(declaration), declaration).list());
    if (found === null) {
      throw new EndpointNotFoundError();
    }
    return rotationOf(found);
  }

  private prepare(declaration: StripeEndpointDeclaration): { wanted: WantedEndpoint; api: EndpointApi } {
    checkDeclaration(declaration);
    const account = this.accountOf(declaration);
    const patterns = [...this.registry.patterns(account), ...(declaration.types ?? [])];
    const { payload = 'snapshot' } = declaration;
    const types = payload === 'thin' ? wantedThinTypes(patterns) : wantedTypes(patterns);
    if (types.types.length === 0) {
      throw new InvalidRequestError([
        `nothing in this process asks for ${payload} events: there is no handler, and no types are given`,
      ]);
    }
    const apiVersion = payload === 'thin' ? null : this.versionOf(account, declaration);
    return { wanted: { ...types, declaration, apiVersion }, api: this.apiOf(account, declaration) };
  }

  private versionOf(account: string, { apiVersion }: StripeEndpointDeclaration): string | null {
    const pinned = this.accounts.find(account)?.apiVersion ?? this.clients.apiVersionOf(account);
    return apiVersion === undefined ? pinned : apiVersion;
  }

  private async change(
    { wanted, api, found }: { wanted: WantedEndpoint; api: EndpointApi; found: RemoteEndpoint | null },
    { dryRun = false, keepExtraTypes = false, takeOver }: ApplyEndpointOptions,
  ): Promise<StripeEndpointResult> {
    const drift = driftOf(wanted, found);
    if (found !== null && !drift.owned && takeOver === undefined) {
      throw new EndpointNotOwnedError(found.id);
    }
    const changes = found === null ? null : changesOf(wanted, { drift, found, keepExtraTypes });
    if (found !== null && changes !== null && !dryRun) {
      await api.update(found.id, changes);
    }
    const action = found === null ? 'create' : changes === null ? 'none' : 'update';
    return { action, drift, endpointId: found?.id ?? null, secret: null };
  }

  private accountOf({ accountName }: StripeEndpointDeclaration): string {
    const { names, standard } = this.accounts;
    const name = accountName ?? standard;
    if (name === null || !names.includes(name)) {
      throw new InvalidRequestError([`accountName must be one of the accounts: ${names.join(', ')}`]);
    }
    return name;
  }

  private apiOf(endpoint: string, { payload }: StripeEndpointDeclaration): EndpointApi {
    const stripe = this.clients.for({ endpoint, account: null, context: null });
    return payload === 'thin' ? new EventDestinationApi(stripe) : new WebhookEndpointApi(stripe);
  }
}
