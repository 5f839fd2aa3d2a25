import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { DEFAULT_PACK } from '../../src/pack/default.ts'
import { temporaryFolder, uir } from '../support/command.ts'

test('the table names versions, devices and the pack', () => {
  const { status, stdout } = uir(['doctor'])
  expect(status).toBe(0)
  for (const line of [/^onnxruntime +\d/m, /^libvips +\d/m, /^device cpu +starts$/m, /^pack +default /m]) {
    expect(stdout).toMatch(line)
  }
  expect(stdout).toMatch(/\d+ files match their checksums/)
})

test('--json is one object with every device', () => {
  const report = JSON.parse(uir(['doctor', '--json']).stdout)
  expect(report.versions).toHaveProperty('uir-lora')
  expect(report.devices.map(({ device }: { device: string }) => device).sort()).toEqual([
    'cpu',
    'cuda',
    'webgpu',
  ])
  expect(report.pack).toMatchObject({ name: 'default', problems: [] })
})

test('an altered pack is told apart, with exit code 4', () => {
  const folder = join(temporaryFolder(), 'pack')
  cpSync(DEFAULT_PACK, folder, { recursive: true })
  writeFileSync(join(folder, 'router.onnx'), 'no graph')
  writeFileSync(join(folder, 'experts/rain/adapter_config.json'), '{}')
  const { status, stdout, stderr } = uir(['doctor', '--json', '--pack', folder])
  expect(status).toBe(4)
  expect(stderr).toContain('2 problem(s)')
  const problems = JSON.parse(stdout).pack.problems.join('\n')
  expect(problems).toMatch(/router\.onnx is altered/)
  expect(problems).toMatch(/rain.adapter_config\.json is altered/)
})

test('a folder without a pack', () => {
  const { status, stdout, stderr } = uir(['doctor', '--pack', temporaryFolder()])
  expect(status).toBe(4)
  expect(stdout).toMatch(/^device cpu +starts$/m)
  expect(stderr.trim().split('\n')).toHaveLength(1)
})
