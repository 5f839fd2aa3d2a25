#!/usr/bin/env node
import { run } from './run.js'

await run(['restore', ...process.argv.slice(2)])
