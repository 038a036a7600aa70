import type { DataSource } from 'typeorm';
import { familyOf } from '../../src/database';

/** What is done to the rows of a table. */
type Change = 'INSERT' | 'UPDATE';

/** Statements that make a table misbehave, in the words of one database server. */
interface Words {
  /** Makes each insert of a row take this long. */
  slow(table: string, ms: number): readonly string[];
  /** Makes changes of rows that meet the condition fail with this code of the database's. */
  refuse(table: string, change: Change, code: string, condition: string): readonly string[];
  /** A condition that holds the first times it is asked, also where what asked it was rolled back. */
  firstTimes(times: number): { readonly prepare: readonly string[]; readonly condition: string };
  /** How often that was asked, as `times`. */
  readonly timesAsked: string;
  heal(table: string): readonly string[];
}

const WORDS: Record<'postgres' | 'mysql' | 'sqlite', Words> = {
  postgres: {
    slow: (table, ms) => postgresTrigger(table, 'INSERT', `PERFORM pg_sleep(${ms / 1000})`),
    refuse: (table, change, code, condition) =>
      postgresTrigger(
        table,
        change,
        `IF ${condition} THEN RAISE EXCEPTION 'made up' USING ERRCODE = '${code}'; END IF`,
      ),
    firstTimes: (times) => ({
      prepare: ['DROP SEQUENCE IF EXISTS asked', 'CREATE SEQUENCE asked'],
      condition: `nextval('asked') <= ${times}`,
    }),
    timesAsked: 'SELECT last_value AS times FROM asked',
    heal: (table) => [`DROP TRIGGER made_up ON ${table}`],
  },
  mysql: {
    slow: (table, ms) => [`CREATE TRIGGER made_up BEFORE INSERT ON ${table} FOR EACH ROW DO SLEEP(${ms / 1000})`],
    refuse: (table, change, code, condition) => [
      `CREATE TRIGGER made_up BEFORE ${change} ON ${table} FOR EACH ROW
 IF ${condition} THEN SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = ${code}, MESSAGE_TEXT = 'made up'; END IF`,
    ],
    firstTimes: (times) => ({
      // A table that knows no transactions.
      prepare: [
        'DROP TABLE IF EXISTS asked',
        'DROP FUNCTION IF EXISTS ask',
        'CREATE TABLE asked (times INT NOT NULL) ENGINE = MyISAM',
        'INSERT INTO asked VALUES (0)',
        `CREATE FUNCTION ask() RETURNS INT MODIFIES SQL DATA
 BEGIN UPDATE asked SET times = times + 1; RETURN (SELECT times FROM asked); END`,
      ],
      condition: `ask() <= ${times}`,
    }),
    timesAsked: 'SELECT times FROM asked',
    heal: () => ['DROP TRIGGER made_up'],
  },
  sqlite: {
    slow: notOnSqlite,
    // A trigger of SQLite has one way to fail, whatever the code.
    refuse: (table, change, _code, condition) => [
      `CREATE TRIGGER made_up BEFORE ${change} ON ${table} WHEN ${condition} BEGIN SELECT RAISE(ABORT, 'made up'); END`,
    ],
    firstTimes: notOnSqlite,
    timesAsked: '',
    heal: () => ['DROP TRIGGER made_up'],
  },
};

function notOnSqlite(): never {
  throw new Error('SQLite has no sleep, and nothing that outlives a rollback.');
}

function postgresTrigger(table: string, change: Change, body: string): readonly string[] {
  return [
    `CREATE OR REPLACE FUNCTION made_up() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${body}; RETURN NEW; END $$`,
    `CREATE TRIGGER made_up BEFORE ${change} ON ${table} FOR EACH ROW EXECUTE FUNCTION made_up()`,
  ];
}

/** Makes a table of the ledger misbehave, through a connection of the test's own. */
export class FaultyTable {
  private readonly words: Words;

  constructor(
    private readonly dataSource: DataSource,
    private readonly table = 'stripe_event',
    private readonly change: Change = 'INSERT',
  ) {
    this.words = WORDS[familyOf(dataSource.options.type)];
  }

  slow(ms: number): Promise<void> {
    return this.execute(this.words.slow(this.table, ms));
  }

  /** @param condition in the words of a trigger, on `NEW` */
  refuse(code: string, condition = 'TRUE'): Promise<void> {
    return this.execute(this.words.refuse(this.table, this.change, code, condition));
  }

  /** Refuses the first changes only. */
  async refuseFirst(times: number, code: string): Promise<void> {
    const { prepare, condition } = this.words.firstTimes(times);
    await this.execute(prepare);
    await this.refuse(code, condition);
  }

  /** How often it was asked whether to refuse. */
  async timesAsked(): Promise<number> {
    const [row] = await this.dataSource.query<{ times: unknown }[]>(this.words.timesAsked);
    return Number(row?.times);
  }

  heal(): Promise<void> {
    return this.execute(this.words.heal(this.table));
  }

  private async execute(statements: readonly string[]): Promise<void> {
    for (const sql of statements) {
      await this.dataSource.query(sql);
    }
  }
}
