import { describe, expect, it } from '@jest/globals';
import { Body, Controller, Injectable, Post } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { platforms } from './platforms';

@Injectable()
class Greeting {
  readonly words = 'Good day, ';
}

@Controller('greeting')
class GreetingController {
  constructor(private readonly greeting: Greeting) {}

  @Post()
  greet(@Body() { name }: { name: string }): { text: string } {
    return { text: this.greeting.words + name };
  }
}

describe.each(platforms)('the test platform $name', ({ createApp }) => {
  it('serves a controller whose dependency is injected by its type', async () => {
    const moduleRef = await Test.createTestingModule({
      controllers: [GreetingController],
      providers: [Greeting],
    }).compile();
    const { app, baseUrl } = await createApp(moduleRef, {}, (configured) => void configured.setGlobalPrefix('api'));
    try {
      const answer = await fetch(`${baseUrl}/api/greeting`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"name":"Ada"}',
      });
      expect(await answer.json()).toEqual({ text: 'Good day, Ada' });
    } finally {
      await app.close();
    }
  });
});
