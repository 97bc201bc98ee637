/** How much a file of a torrent is wanted, least first: at all, and before others. */
export const FILE_PRIORITIES = ['skip', 'low', 'normal', 'high'] as const;
export type FilePriority = (typeof FILE_PRIORITIES)[number];
/** By file; undefined: nothing was said of it. */
export type FileWishes = readonly (FilePriority | undefined)[];
