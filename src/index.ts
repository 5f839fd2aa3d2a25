export { type ErrorCode, EXIT, UirError } from './errors.ts'
