/** The page's own drawings, in lines of the colour around them. What they mean always stands beside them in words. */

const drawings = {
  sun: 'M12 8a4 4 0 1 0 0 8a4 4 0 1 0 0-8M12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4',
  home: 'M3.5 11.5L12 4l8.5 7.5M5.5 10v9.5h13V10M10 19.5v-5h4v5',
  grid: 'M8 21L11 3h2l3 18M6 7.5h12M6 7.5v2M18 7.5v2M7 12.5h10M9.2 14l6.2 4M14.8 14l-6.2 4',
  battery: 'M5 7.5h12.5a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1zM18.5 10.5h2v3h-2',
  car: 'M4 16.5v-3.5l2-1.5 2-4h8l2 4 2 1.5v3.5zM7 14h.01M17 14h.01M6 11.5h12M6 16.5v2M18 16.5v2',
  error: 'M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18M9 9l6 6M15 9l-6 6',
  warning: 'M12 4L2.8 19.5h18.4zM12 10v4.5M12 17h.01',
  remark: 'M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18M12 11v5.5M12 7.8h.01',
  lost: 'M3 3l18 18M5 12.5a10 10 0 0 1 4-2.4M15 10.1a10 10 0 0 1 4 2.4M8.5 16a5 5 0 0 1 7 0M12 19.5h.01',
  answers: 'M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18M8 12.3l2.8 2.8L16 9.5',
  waiting: 'M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18M12 7.5V12l3 2',
} as const;

export type IconName = keyof typeof drawings;

export const Icon = ({ name }: { name: IconName }) => (
  <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
    <path d={drawings[name]} />
  </svg>
);
