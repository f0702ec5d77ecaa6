export { BarPair, type BarPairProps, type BarPairRow } from "./bar_pair";
export { Breakdown, type BreakdownProps, type BreakdownRow, share } from "./breakdown";
export { ByteMap, type ByteMapProps, type ByteRun } from "./byte_map";
export { ChartTable, PlotImage, short, useOpenInPrint, useWidth, whole } from "./figure";
export { LengthHistogram, type LengthHistogramProps, type LengthRow } from "./length_histogram";
export { shorten, visible } from "./text";
export { Timeline, type TimelineProps, type TimelineRow } from "./timeline";
export { Trend, type TrendPoint, type TrendProps, type TrendSeries } from "./trend";
