import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Command } from 'commander'
import { checkDevices, type DeviceCheck } from '../engine/devices.ts'
import { runtimeVersion } from '../engine/version.ts'
import { describe, UirError } from '../errors.ts'
import { codecVersions } from '../image/version.ts'
import { DEFAULT_PACK } from '../pack/default.ts'
import { readPack } from '../pack/pack.ts'
import { verifyFiles } from '../pack/verify.ts'
import { version } from '../version.ts'

interface DoctorOptions {
  json?: true
  pack: string
}

/** What `uir doctor --json` prints. */
interface Report {
  versions: Record<string, string>
  system: { platform: string; arch: string; cores: number }
  devices: readonly DeviceCheck[]
  pack: PackReport
}

interface PackReport {
  dir: string
  name?: string
  version?: string
  files: number
  problems: string[]
}

const EXAMPLES = `
Examples:
  uir doctor                    what works on this machine
  uir doctor --pack my-pack     check a pack of your own
  uir doctor --json             the same for scripts and bug reports`

export function configure(command: Command): void {
  command
    .option('--json', 'print one JSON object')
    .option('--pack <dir>', 'pack to check', DEFAULT_PACK)
    .addHelpText('after', EXAMPLES)
    .action(doctor)
}

async function doctor(options: DoctorOptions): Promise<void> {
  const [devices, pack] = await Promise.all([checkDevices(), checkPack(options.pack)])
  const { sharp, vips } = codecVersions
  const report: Report = {
    versions: {
      'uir-lora': version,
      node: process.versions.node,
      onnxruntime: runtimeVersion,
      sharp,
      libvips: vips,
    },
    system: { platform: process.platform, arch: process.arch, cores: availableParallelism() },
    devices,
    pack,
  }
  process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : render(report))
  if (pack.problems.length > 0) {
    throw new UirError(
      'pack',
      `the pack in ${pack.dir} has ${pack.problems.length} problem(s)`,
      'install it again',
    )
  }
  if (devices.every(({ problem }) => problem !== undefined)) {
    throw new UirError('device', 'no device starts, not even the CPU', 'run npm install again')
  }
}

async function checkPack(dir: string): Promise<PackReport> {
  try {
    const pack = await readPack(dir)
    const checks = await verifyFiles(pack)
    const problems = checks.flatMap(({ file, problem }) =>
      problem ? [`${join(pack.dir, file)} ${problem}`] : [],
    )
    return {
      dir: pack.dir,
      name: pack.manifest.name,
      version: pack.manifest.version,
      files: checks.length,
      problems,
    }
  } catch (error) {
    if (!(error instanceof UirError)) throw error
    return { dir, files: 0, problems: [describe(error)] }
  }
}

function render({ versions, system, devices, pack }: Report): string {
  const rows = [
    ...Object.entries(versions),
    ['system', `${system.platform} ${system.arch}, ${system.cores} cores`],
    ...devices.map(({ device, problem }) => [
      `device ${device}`,
      problem ? `does not start: ${problem}` : 'starts',
    ]),
    ['pack', pack.name ? `${pack.name} ${pack.version} in ${pack.dir}` : pack.dir],
    ...pack.problems.map(problem => ['', problem]),
  ]
  if (pack.problems.length === 0) rows.push(['', `${pack.files} files match their checksums`])
  return rows.map(([name = '', text]) => `${name.padEnd(14)} ${text}\n`).join('')
}
