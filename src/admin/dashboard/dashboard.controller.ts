import { Get, HttpStatus, Injectable, NotFoundException, Param, Req, Res, StreamableFile } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { AdminRequest } from '../admin-request';
import { ApiHidden } from '../openapi';
import { DashboardFiles, type DashboardFile } from './dashboard-files';
import { acceptSlash, MarkPageRoute } from './page-address';

/** The page runs its own files only, sends data nowhere else, and is shown in nobody's frame. */
const SECURITY_HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
};
const UNTIL_CHANGED = 'public, max-age=31536000, immutable';
const NEVER_KEPT = 'no-store';

/** `GET {admin.path}/`, and the files that the page loads. They hold no data, so they are for everybody. */
@Injectable()
@ApiHidden()
export class StripeAdminDashboardController {
  static readonly path = '';

  constructor(
    private readonly files: DashboardFiles,
    private readonly host: HttpAdapterHost,
  ) {
    acceptSlash(host);
  }

  @Get()
  @MarkPageRoute()
  page(@Req() request: AdminRequest, @Res() response: unknown): void {
    const [path = ''] = String(this.host.httpAdapter.getRequestUrl(request)).split('?');
    // Without the slash at the end, a browser takes the last part of the address for a file.
    const folder = path.endsWith('/') ? './' : `${path.slice(path.lastIndexOf('/') + 1)}/`;
    const page = this.files.page(folder);
    if (page === null) {
      throw new NotFoundException('The dashboard was not built: npm run build:dashboard builds it.');
    }
    this.send(request, response, page, NEVER_KEPT);
  }

  @Get(':file')
  asset(@Param('file') name: string, @Req() request: AdminRequest, @Res() response: unknown): void {
    const file = this.files.asset(name);
    if (file === null) {
      throw new NotFoundException('There is nothing under this address.');
    }
    this.send(request, response, file, UNTIL_CHANGED);
  }

  private send({ headers }: AdminRequest, response: unknown, file: DashboardFile, caching: string): void {
    const compressed = /\bgzip\b/.test(headers['accept-encoding'] ?? '');
    const all = { ...SECURITY_HEADERS, 'Cache-Control': caching, Vary: 'Accept-Encoding' };
    for (const [name, value] of Object.entries({ ...all, ...(compressed ? { 'Content-Encoding': 'gzip' } : {}) })) {
      this.host.httpAdapter.setHeader(response, name, value);
    }
    const content = compressed ? file.gzipped : file.content;
    const body = new StreamableFile(content, { type: file.type, length: content.length });
    this.host.httpAdapter.reply(response, body, HttpStatus.OK);
  }
}
