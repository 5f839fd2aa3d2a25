/**
 * Environment that tells glibc how to allocate, in bytes; other systems ignore it. Left alone, it keeps what networks and
 * codecs free, in pieces and in an arena for each thread, and the peak grows with the number of images. The activations of
 * a tile stay below the threshold of mmap (its upper bound) and of trimming, and come in huge pages: to be given fresh small
 * ones for each took an eighth of the time of the whole command.
 */
export const ALLOCATOR = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: String(32 * 2 ** 20),
  MALLOC_TRIM_THRESHOLD_: String(64 * 2 ** 20),
  GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1',
}
