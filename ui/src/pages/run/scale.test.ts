import { describe, expect, it } from "vitest";
import { scaleOf, ticks, tickWords } from "./scale";

describe("a scale", () => {
  it("without gaps is even", () => {
    const scale = scaleOf(1_000, 2_000, []);
    expect([scale.at(1_000), scale.at(1_250), scale.at(2_000)]).toEqual([0, 0.25, 1]);
  });

  it("draws a stretch of idle time short, and gives times back as it took them", () => {
    const hour = 3_600_000;
    const scale = scaleOf(0, hour + 2_000, [{ began_at: 1_000, ended_at: hour + 1_000 }]);
    expect(scale.at(1_000)).toBeCloseTo(1 / 3, 6);
    expect(scale.at(hour + 1_000)).toBeCloseTo(2 / 3, 6);
    for (const time of [0, 500, 1_000, hour / 2, hour + 1_500]) expect(scale.timeAt(scale.at(time))).toBeCloseTo(time, 3);
  });

  it("does not blow a moment up beside a wait of seconds", () => {
    const scale = scaleOf(0, 4_001, [
      { began_at: 0, ended_at: 2_000 },
      { began_at: 2_001, ended_at: 4_001 },
    ]);
    expect(scale.at(2_001) - scale.at(2_000)).toBeLessThan(0.01);
  });

  it("never draws a gap longer than it was", () => {
    const scale = scaleOf(0, 100, [{ began_at: 50, ended_at: 51 }]);
    expect(scale.at(51) - scale.at(50)).toBeCloseTo(0.01, 6);
  });

  it("leaves each tick the room that its words need", () => {
    const scale = scaleOf(0, 183_000, [{ began_at: 400, ended_at: 180_600 }]);
    const found = ticks(scale, 0, 6);
    expect(found.length).toBeGreaterThan(1);
    found.forEach((time, index) => {
      const next = found[index + 1];
      const room = (next === undefined ? 1 : scale.at(next)) - scale.at(time);
      expect(room * 356).toBeGreaterThanOrEqual(tickWords(time, 0).length * 7);
    });
  });

  it("has few ticks, at round times, none of them idle", () => {
    const scale = scaleOf(0, 10_000, [{ began_at: 4_000, ended_at: 9_000 }]);
    const found = ticks(scale, 0, 6);
    expect(found.length).toBeLessThanOrEqual(8);
    expect(found.every((time) => time <= 4_000 || time >= 9_000)).toBe(true);
  });
});
