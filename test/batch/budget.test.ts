import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createBudget } from '../../src/batch/budget.ts'

test('what is spent at once stays below the total, turns keep their order, and too much works alone', async () => {
  const budget = createBudget(10)
  const [running, seen] = [[] as number[], [] as number[]]
  const amounts = [4, 4, 4, 25, 1, 2, 10, 0, 7]
  const work = (amount: number) => async () => {
    running.push(amount)
    seen.push(amount)
    const sum = running.reduce((a, b) => a + b)
    expect(sum <= 10 || running.filter(other => other > 0).length === 1).toBe(true)
    await setTimeout(1)
    running.splice(running.indexOf(amount), 1)
    return amount
  }
  const results = amounts.map(amount => budget.spend(amount, work(amount)))
  expect(await Promise.all(results)).toEqual(amounts)
  expect(seen).toEqual(amounts)
})

test('work that fails gives back what it had', async () => {
  const budget = createBudget(1)
  const fail = async () => {
    throw new Error('no')
  }
  await expect(budget.spend(1, fail)).rejects.toThrow('no')
  expect(await budget.spend(1, async () => 'yes')).toBe('yes')
})
