export function alike(): void {}
export const other: number = 1;
