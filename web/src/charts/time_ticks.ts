// Words under a time axis that need no language: 14:30, and below it 11-22 where a day begins; in the reader's own zone,
// or in UTC.

interface Parts {
  year: string;
  day: string; // 11-22
  time: string; // 14:30:07
}

function partsOf(date: Date, isUtc: boolean): Parts {
  const minutes = isUtc ? 0 : date.getTimezoneOffset();
  const text = new Date(date.getTime() - minutes * 60_000).toISOString();
  return { year: text.slice(0, 4), day: text.slice(5, 10), time: text.slice(11, 19) };
}

// For Plot's tickFormat, which is called with the tick, its number and all ticks (though its types do not say so).
export function timeTicks(isUtc: boolean): (date: Date, index: number, ticks?: readonly Date[]) => string {
  return (date, index, ticks = [date]) => {
    const { year, day, time } = partsOf(date, isUtc);
    const before = ticks[index - 1] && partsOf(ticks[index - 1]!, isUtc);
    const times = ticks.map((tick) => partsOf(tick, isUtc).time);
    if (times.every((one) => one === "00:00:00")) return before?.year === year ? day : `${day}\n${year}`;
    const shown = times.every((one) => one.endsWith(":00")) ? time.slice(0, 5) : time;
    return before?.day === day ? shown : `${shown}\n${day}`;
  };
}
