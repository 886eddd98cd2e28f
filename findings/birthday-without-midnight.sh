#!/usr/bin/env bash
# On their birthday people who were born on one of eight days in Shanghai are a year too young: their first day has no midnight.
#
# Expected  Two calendar dates on the same day of the year are a whole number of years apart, in every library, whatever clocks did in between;
#           a zone changes hours, and birth dates have none.
# Happens   On eight days from 1919 to 1949 clocks in Shanghai went from midnight to one. A birth date that is read in that zone becomes one o'clock,
#           so that midnight of the birthday comes an hour too early: `differenceInYears` of date-fns and `diff` of Luxon say 76 on the 77th
#           birthday. dayjs and Moment say 77, and that the birth date plus 77 years is still to come. pendulum is right for a birth in 1940 and a
#           year short for one in 1949. The next day all agree.
# Versions  date-fns 4.4.0, luxon 3.7.2, dayjs 1.11.23, moment 2.31.0 (npm), Node 20; pendulum 3.3.0 (PyPI), Python 3.
# Seen      The eight days, a day beside them, and their birthdays of 2026, in the zone Asia/Shanghai.
# Matters   Rules for the old (a tariff, a second clerk, another check) begin on a birthday. Whoever was born on such a day is refused on that
#           very day, and nobody can repeat it on the next, nor on a server in UTC. An age is counted from two calendar dates, year, month
#           and day, as `realname` does.
set -euo pipefail
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --prefix . date-fns@4.4.0 luxon@3.7.2 dayjs@1.11.23 moment@2.31.0
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check pendulum==3.3.0
cat >ages.cjs <<'JS'
const fns = require("date-fns");
const { DateTime } = require("luxon");
const dayjs = require("dayjs");
const moment = require("moment");
console.log("#", ...["date-fns", "luxon", "dayjs", "moment"].map((name) => `${name} ${require(`${name}/package.json`).version}`));
const born = ["1919-04-13", "1940-06-01", "1941-03-15", "1942-01-31", "1946-05-15", "1947-04-15", "1948-05-01", "1949-05-01", "1949-06-02"];
const ways = {
  "date-fns": (birth, day) => fns.differenceInYears(fns.parseISO(day), fns.parseISO(birth)),
  luxon: (birth, day) => Math.floor(DateTime.fromISO(day).diff(DateTime.fromISO(birth), "years").years),
  dayjs: (birth, day) => dayjs(day).diff(dayjs(birth), "year"),
  moment: (birth, day) => moment(day).diff(moment(birth), "years"),
  "dayjs by adding": (birth, day, years) => (dayjs(birth).add(years, "year").isAfter(dayjs(day)) ? years - 1 : years),
  "moment by adding": (birth, day, years) => (moment(birth).add(years, "years").isAfter(moment(day)) ? years - 1 : years),
};
for (const [name, way] of Object.entries(ways)) {
  const short = born.map((birth) => {
    const years = 2026 - Number(birth.slice(0, 4));
    return way(birth, `2026${birth.slice(4)}`, years) - years;
  });
  console.log(`${name}: ${short.join(" ")}`);
}
const next = ["date-fns", "luxon", "dayjs", "moment"].map((name) => ways[name]("1949-05-01", "2026-05-02"));
console.log(`the day after: ${next.join(" ")}`);
JS
cat >ages.py <<'PY'
from importlib.metadata import version

import pendulum

print("# pendulum", version("pendulum"))
for year, month, day in ((1940, 6, 1), (1949, 5, 1), (1949, 6, 2)):
    birth, birthday = (pendulum.datetime(at, month, day, tz="Asia/Shanghai") for at in (year, 2026))
    print(f"pendulum, {year}-{month:02}-{day:02}: {birth.diff(birthday).in_years() - (2026 - year)}")
PY
{ TZ=Asia/Shanghai node ages.cjs; venv/bin/python ages.py; echo "in UTC:"; TZ=UTC node ages.cjs | grep -E "^(date-fns|luxon|moment by)"; } | tee seen
diff <(grep -v '^#' seen) - <<'E2' && echo "as stated" || { echo CHANGED; exit 1; }
date-fns: -1 -1 -1 -1 -1 -1 -1 -1 0
luxon: -1 -1 -1 -1 -1 -1 -1 -1 0
dayjs: 0 0 0 0 0 0 0 0 0
moment: 0 0 0 0 0 0 0 0 0
dayjs by adding: -1 -1 -1 -1 -1 -1 -1 -1 0
moment by adding: -1 -1 -1 -1 -1 -1 -1 -1 0
the day after: 77 77 77 77
pendulum, 1940-06-01: 0
pendulum, 1949-05-01: -1
pendulum, 1949-06-02: 0
in UTC:
date-fns: 0 0 0 0 0 0 0 0 0
luxon: 0 0 0 0 0 0 0 0 0
moment by adding: 0 0 0 0 0 0 0 0 0
E2
