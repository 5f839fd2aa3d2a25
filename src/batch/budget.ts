/** Memory, or anything else that there is a limited amount of, shared out among pieces of work. */
export interface Budget {
  /** Waits for its turn, in the order of the calls; what takes more than there is works alone. */
  spend<T>(amount: number, work: () => Promise<T>): Promise<T>
}

/** Holds back work that would take more than `total` together. */
export function createBudget(total: number): Budget {
  let left = total
  const waiting: { readonly amount: number; readonly start: () => void }[] = []
  const admit = () => {
    while (waiting[0] !== undefined && waiting[0].amount <= left) {
      const { amount, start } = waiting.shift()!
      left -= amount
      start()
    }
  }
  return {
    async spend(asked, work) {
      const amount = Math.min(asked, total)
      await new Promise<void>(start => {
        waiting.push({ amount, start })
        admit()
      })
      try {
        return await work()
      } finally {
        left += amount
        admit()
      }
    },
  }
}
