/** The program's log: lines for people on a terminal, JSON lines (pino) otherwise; always on stderr. */
import process from 'node:process';
import pino from 'pino';
import type { Logger } from '../base/log.ts';

/** How much is told. */
export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** A logger that writes to stderr. */
export function createLogger(level: LogLevel): Logger {
  return process.stderr.isTTY
    ? terminalLogger(level, {})
    : pinoLogger(pino({ level }, pino.destination({ fd: 2, sync: true })));
}

function pinoLogger(log: pino.Logger): Logger {
  return {
    debug: (message, fields) => log.debug(fields ?? {}, message),
    info: (message, fields) => log.info(fields ?? {}, message),
    warn: (message, fields) => log.warn(fields ?? {}, message),
    error: (message, fields) => log.error(fields ?? {}, message),
    child: (fields) => pinoLogger(log.child(fields)),
  };
}

function terminalLogger(level: LogLevel, bound: Readonly<Record<string, unknown>>): Logger {
  const most = LOG_LEVELS.indexOf(level);
  const line =
    (of: LogLevel) =>
    (message: string, fields?: Readonly<Record<string, unknown>>): void => {
      if (LOG_LEVELS.indexOf(of) > most) return;
      const details = Object.entries({ ...bound, ...fields }).map(([key, value]) => ` ${key}=${printed(value)}`);
      process.stderr.write(`${of === 'info' ? '' : `${of}: `}${message}${details.join('')}\n`);
    };
  return {
    debug: line('debug'),
    info: line('info'),
    warn: line('warn'),
    error: line('error'),
    child: (fields) => terminalLogger(level, { ...bound, ...fields }),
  };
}

function printed(value: unknown): string {
  if (value instanceof Error) return value.message;
  if (typeof value === 'string') return /[\s"]/.test(value) ? JSON.stringify(value) : value;
  return typeof value === 'bigint' ? String(value) : (JSON.stringify(value) ?? String(value));
}
