import { Controller, Get, ServiceUnavailableException } from '@nestjs/common';
import { DataSource } from 'typeorm';

const PATIENCE_MS = 2_000;

/** `GET /health`: 200 while the application can do its work, 503 while its database does not answer. */
@Controller('health')
export class HealthController {
  constructor(private readonly dataSource: DataSource) {}

  @Get()
  async health(): Promise<{ status: 'ready' }> {
    if (!(await this.databaseAnswers())) {
      throw new ServiceUnavailableException('The database does not answer.');
    }
    return { status: 'ready' };
  }

  private async databaseAnswers(): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise<false>((resolve) => {
      timer = setTimeout(resolve, PATIENCE_MS, false);
    });
    const answer = this.dataSource.query('SELECT 1').then(
      () => true,
      () => false,
    );
    return Promise.race([answer, tooLong]).finally(() => {
      clearTimeout(timer);
    });
  }
}
