// What the shipped pack is meant to reach on the benchmark pairs, and whether it does: means over all pictures of the sets.

const GOALS = [
  ...[
    [15, 33.5],
    [25, 31.1],
    [50, 28],
  ].map(([sigma, least]) => ({ title: `Kodak noise ${sigma}`, sets: `kodak24 noise ${sigma}`, psnr: least })),
  { title: 'Kodak JPEG q10', sets: 'kodak24 jpeg q10', gain: 1.1 },
  { title: 'Kodak JPEG q20', sets: 'kodak24 jpeg q20', gain: 1 },
  { title: 'Rain100L', sets: 'rain/rain100l', psnr: 30.5 },
  { title: 'Rain100H', sets: 'rain/rain100h', psnr: 20 },
  { title: 'LOL', sets: 'lowlight/lol_v1', psnr: 17 },
  { title: 'SOTS, indoor and outdoor', sets: 'haze/sots', gain: 4 },
  { title: 'real haze', sets: 'haze/revide', gain: 0 },
  { title: 'GoPro', sets: 'blur/gopro', gain: 0.8 },
  { title: 'raindrops', sets: 'raindrop/', gain: 1 },
  { title: 'shadows', sets: 'shadow/', gain: 2 },
  { title: 'snow', sets: 'snow/', gain: 4 },
  { title: 'Kodak inpainting, thick', sets: 'kodak24 inpaint thick', gain: 9 },
  { title: 'Kodak inpainting, thin', sets: 'kodak24 inpaint thin', gain: 9 },
  { title: 'real noise', sets: 'noise/polyu', gain: 0 },
  { title: 'mixtures', sets: 'mixed/', gain: 3 },
]

/** A Markdown table of the goals against what auto reached, rows as `measureSet` makes them. */
export function goalTable(rows) {
  const lines = GOALS.map(({ title, sets, psnr, gain }) => {
    const reached = meanOf(
      rows.filter(({ name }) => name.startsWith(sets)),
      psnr === undefined ? row => row.auto.psnr - row.input.psnr : row => row.auto.psnr,
    )
    const goal = psnr === undefined ? `input + ${gain}` : String(psnr)
    const got =
      psnr === undefined
        ? `input ${reached < 0 ? '-' : '+'} ${Math.abs(reached).toFixed(2)}`
        : reached.toFixed(2)
    return `| ${title} | ${goal} | ${got} | ${reached >= (psnr ?? gain) ? 'yes' : 'no'} |`
  })
  return ['| set | goal | auto | reached |', '|---|---|---|---|', ...lines].join('\n')
}

function meanOf(rows, value) {
  const pictures = rows.reduce((sum, { input }) => sum + input.n, 0)
  return rows.reduce((sum, row) => sum + value(row) * row.input.n, 0) / pictures
}
