#!/usr/bin/env python3
"""Writes random files by Apache Spark and by destspec, and compares them.

    tests/spark_differential.py --cases 2000 --seed 1

Needs Java 17 and, the first time, a network for pip: pyspark goes into a virtual environment at --venv (default
$DESTSPEC_SPARK_VENV, else $HOME/.cache/destspec-spark). The same seed gives the same cases. Cases are written in the shape of
fixtures/spark and judged by `cargo test --test it spark` with DESTSPEC_SPARK_CASES; the first disagreement is made as
small as it gets and left in --out. Exit: 0 all agree, 1 some do not, 2 something is missing.
"""

import argparse
import base64
import copy
import datetime
import hashlib
import json
import os
import random
import re
import shutil
import struct
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYSPARK = "pyspark==3.5.*"
KINDS = ["csv", "json", "parquet", "compression"]


def main():
    arguments = parse()
    python = prepare(arguments.venv)
    if Path(sys.prefix).resolve() != arguments.venv.resolve():
        sys.exit(subprocess.call([python, __file__, *sys.argv[1:], "--venv", str(arguments.venv)]))
    binary = test_binary()
    cases = generate(arguments.seed, arguments.cases)
    spark = Spark(arguments.out / "spark-out")
    started = time.monotonic()
    spark.run_all(cases)
    refused = sum("error" in case["expected"] for case in cases)
    print(f"spark: {len(cases)} cases in {time.monotonic() - started:.0f} s, {refused} refused, seed {arguments.seed}")
    found = judge(binary, cases, arguments.out / "cases")
    if not found:
        print(f"{len(cases)} of {len(cases)} cases agree")
        return 0
    print(f"{len(found)} of {len(cases)} cases disagree:")
    for name, why in list(found.items())[:40]:
        print(f"  {name}: {why[:400]}")
    first = next(case for case in cases if case["id"] in found)
    small = shrink(spark, binary, first, arguments.out / "shrink")
    path = arguments.out / f"{small['id']}-small.json"
    path.write_text(json.dumps(small, indent=1, ensure_ascii=True) + "\n")
    print(f"smallest form of {first['id']}: {path}")
    return 1


def parse():
    home = os.environ.get("DESTSPEC_SPARK_VENV") or Path.home() / ".cache" / "destspec-spark"
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--cases", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--venv", type=Path, default=Path(home), help="where pyspark is, or is installed to")
    parser.add_argument("--out", type=Path, default=ROOT / "target" / "spark-differential")
    arguments = parser.parse_args()
    arguments.out = arguments.out.resolve()
    arguments.out.mkdir(parents=True, exist_ok=True)
    return arguments


def missing(line):
    print(f"spark_differential: {line}", file=sys.stderr)
    sys.exit(2)


def prepare(venv):
    """Sees that Java 17 and pyspark are there; gives the environment's python."""
    java = Path(os.environ["JAVA_HOME"]) / "bin" / "java" if os.environ.get("JAVA_HOME") else "java"
    try:
        version = subprocess.run([java, "-version"], capture_output=True, text=True).stderr
    except OSError:
        missing("no java found; install Java 17 (Debian: apt-get install openjdk-17-jre-headless)")
    if not re.search(r'version "17[."]', version):
        missing(f"Java 17 is needed, found: {version.splitlines()[0] if version else 'nothing'}; set JAVA_HOME")
    python = venv / "bin" / "python"
    if not python.exists():
        if subprocess.call([sys.executable, "-m", "venv", venv]):
            missing(f"cannot make a virtual environment at {venv} (Debian: apt-get install python3-venv)")
    if subprocess.call([python, "-c", "import pyspark"], stderr=subprocess.DEVNULL):
        if subprocess.call([python, "-m", "pip", "install", "-q", PYSPARK]):
            missing(f"cannot install {PYSPARK} into {venv}")
    return python


def test_binary():
    """The integration test's program, built."""
    command = ["cargo", "test", "--test", "it", "--all-features", "--no-run", "--message-format=json"]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if built.returncode:
        missing(f"cargo test --test it does not build:\n{built.stderr[-2000:]}")
    messages = (json.loads(line) for line in built.stdout.splitlines() if line.startswith("{"))
    programs = [m["executable"] for m in messages if m.get("target", {}).get("name") == "it" and m.get("executable")]
    return programs[-1]


def judge(binary, cases, folder):
    """What disagrees, by the case's name. A program that fails without naming cases is an error of its own."""
    shutil.rmtree(folder, ignore_errors=True)
    for kind in KINDS:
        (folder / kind).mkdir(parents=True)
    for case in cases:
        (folder / case["kind"] / f"{case['id']}.json").write_text(json.dumps(case))
    environment = {**os.environ, "DESTSPEC_SPARK_CASES": str(folder), "CARGO_MANIFEST_DIR": str(ROOT)}
    ran = subprocess.run([binary, "spark"], cwd=ROOT, env=environment, capture_output=True, text=True, errors="replace")
    names = {case["id"] for case in cases}
    text = ran.stdout + ran.stderr
    found = dict(re.findall(r"^(fuzz-\S+?): (.*)$", text, re.MULTILINE))
    found = {name: why for name, why in found.items() if name in names}
    if ran.returncode and not found:
        missing(f"the test program failed without naming a case:\n{text[-3000:]}")
    if not ran.returncode and "test result: ok. 0 passed" in text:
        missing("the test program ran no test")
    return found


# --- cases -----------------------------------------------------------------------------------------------------------

WORDS = ["plain", "null", "NULL", "male", "a b", "x", "1", "-", "O'Brien", "say \"hi\"", "end\\", "http://e.example/?a=1,2", "é", "日本"]
LETTERS = ["a", "b", "1", " ", " ", "\t", "\n", "\r", "\r\n", "\"", "\"", "'", "\\", "\\", ",", ";", "|", "#", "\0", "\x01", "\x1f", "\x7f", "\x85", "\xa0", "é", "€", "😀", "\u2028", "\u3000", ":", "-", ">", "/", "<"]
NAMES = ["id", "name", "email", "a,b", " lead", "trail ", "'lit'", "''", "#x", "q\"q", "é", "x'y", "back\\slash", "UPPER", "two words", "n\nl", "dot.ted", ""]
FLAT = ["boolean", "tinyint", "smallint", "int", "bigint", "float", "double", "date", "timestamp", "timestamp_ntz"]
NESTED = ["struct<a:int,b:string>", "array<string>", "array<int>", "map<string,int>", "map<string,string>", "map<date,string>", "map<int,double>", "struct<x:struct<y:array<struct<z:int,w:string>>>>", "array<array<double>>", "map<string,struct<t:timestamp,d:decimal(12,3)>>", "binary", "array<timestamp>", "struct<d:date,n:timestamp_ntz>"]
DATES = ["yyyy-MM-dd", "MM/dd/yyyy", "dd.MM.yy", "d/M/y", "yyyyMMdd", "EEE, d MMM yyyy", "EEEE d MMMM uuuu", "yyyy-DDD", "G yyyy", "'on' dd 'of' MMM", "yyyy''MM", "Q yyyy", "qqq", "LLL", "[yyyy]-[MM]", "D", "yyyyy-MM", "MMMMM", "YYYY", "HH", "yyyy-MM-dd'", "#", "e", "", "dd MMM LLLL", "QQQQ", "y", "E", "XXX", "'", "yyy", "[yyyy"]
TIMES = ["yyyy-MM-dd'T'HH:mm:ss[.SSS][XXX]", "yyyy-MM-dd'T':mm:ss[.SSS][XXX]", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm:ss.SSSSSS", "MM/dd/yyyy hh:mm a", "HH:mm:ss.SSSSSSSSS", "yyyyMMdd'T'HHmmssX", "yyyy-MM-dd HH:mm:ss z", "yyyy-MM-dd HH:mm VV", "EEE MMM dd HH:mm:ss zzz yyyy", "HH:mm:ss xxx", "ss.S", "k:m:s", "K a", "h", "yyyy-MM-dd HH:mm:ss Z", "O", "OOOO", "ZZZZ", "ZZZZZ", "XX", "xx", "x", "X", "SSSS", "zzzz", "H:m:s", "kk:mm", "yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "n", "A", "B", "w", "XXXXX", "SS", "'T'", "XXXXXX"]
ZONES = ["UTC", "America/Los_Angeles", "Asia/Kolkata", "Europe/Paris", "+05:30", "-03:00", "GMT+1", "Australia/Lord_Howe", "Pacific/Apia", "Z", "America/Sao_Paulo", "Asia/Tokyo", "EST", "Nowhere/Land", "GMT", "Africa/Monrovia", "+5", "UTC+02:00"]
FLAGS = ["true", "false", "true", "false", "TRUE", "False"]


def generate(seed, count):
    return [Maker(random.Random(f"{seed}/{number}")).case(f"fuzz-{seed}-{number:05}") for number in range(count)]


class Maker:
    """One case from one source of chance."""

    def __init__(self, chance):
        self.chance = chance
        self.marks = []

    def case(self, name):
        kind = self.chance.choices(["csv", "json", "parquet"], [70, 18, 12])[0]
        options, conf = getattr(self, kind)()
        self.marks = [mark for key in ("sep", "quote", "escape", "comment", "nullValue", "emptyValue", "lineSep") for mark in [options.get(key)] if mark]
        schema = self.schema(kind)
        long = self.chance.random() < 0.004
        rows = [[self.cell(field["type"]) for field in schema] for _ in range(self.chance.choice([0, 1, 2, 3, 5, 8, 12]))]
        if long and rows and schema[0]["type"] == "string":
            for row in rows:
                row[0] = "".join(self.chance.choices("abcdefgh, \"", k=self.chance.choice([40_000, 120_000])))
        packed = kind != "parquet" and any(key.lower() == "compression" for key in options)
        adobe = {"fileType": {"templatingStrategy": "NONE", "value": kind}}
        conf.setdefault("spark.sql.session.timeZone", "UTC")
        return {"id": name, "kind": "compression" if packed else kind, "tags": ["fuzz"], "fileConfigurations": adobe, "nonAdobeSparkOptions": {}, "sparkOptions": options, "sparkConf": conf, "schema": schema, "rows": rows}

    def some(self, options, key, values, likely=0.3):
        if self.chance.random() < likely:
            if self.chance.random() < 0.05:
                key = key.upper() if self.chance.random() < 0.5 else key.lower()
            options[key] = self.chance.choice(values)

    def shared(self, options):
        self.some(options, "dateFormat", DATES, 0.2)
        self.some(options, "timestampFormat", TIMES, 0.2)
        self.some(options, "timestampNTZFormat", TIMES + DATES, 0.08)
        self.some(options, "timeZone", ZONES, 0.15)
        self.some(options, "encoding", ["UTF-8", "UTF-16", "UTF-16LE", "UTF-16BE", "ISO-8859-1", "US-ASCII", "windows-1252", "utf-8", "UTF-32", "nope"], 0.06)
        self.some(options, "compression", ["none", "gzip", "GZIP", "bzip2", "lz4", "snappy", "deflate", "uncompressed", "zstd", ""], 0.06)

    def csv(self):
        options, conf = {}, {}
        flags = FLAGS + ["yes", ""] if self.chance.random() < 0.02 else FLAGS
        self.some(options, self.chance.choice(["sep", "delimiter"]), [",", ";", "|", "\t", "\\t", "||", ", ", "->", "😀", " ", "#", "\"", "'", "\\\\", ":", "ab", "aa", "\0", "\n", "\\", "\\|", "", "\r", "é", " ,", "\"\"", "\\\""], 0.4)
        self.some(options, "quote", ["\"", "\"", "'", "", "#", "|", "\\", "€", "a", " ", ",", "\0", "😀", "\"\"", "\n"], 0.35)
        self.some(options, "escape", ["\\", "\"", "\"", "'", "", "#", ",", "é", "a", " ", "^", "\0", "\n", "ab"], 0.35)
        self.some(options, "charToEscapeQuoteEscaping", ["\\", "\"", "", "^", "'", "\0", "#", "a", "ab"], 0.25)
        self.some(options, "quoteAll", flags, 0.2)
        self.some(options, "escapeQuotes", flags, 0.3)
        self.some(options, "header", flags, 0.5)
        self.some(options, "ignoreLeadingWhiteSpace", flags, 0.4)
        self.some(options, "ignoreTrailingWhiteSpace", flags, 0.4)
        values = ["", "null", "NULL", "\"\"", "\\N", " n ", "a,b", "\"x\"", "q\"q", "''", "'", "\"", "#", "\0", " ", "\n", "\\", "-"]
        self.some(options, "nullValue", values, 0.4)
        self.some(options, "emptyValue", values + ["empty"], 0.4)
        self.some(options, "comment", ["#", "", ";", "\0", "ab", "a", "\"", " ", "-"], 0.1)
        self.some(options, "lineSep", ["\n", "\r\n", "\r", "ab", "|", " ", "\"", "abc", "", "😀", ",", "a", "\r\r"], 0.12)
        self.shared(options)
        if self.chance.random() < 0.03:
            conf["spark.sql.legacy.nullValueWrittenAsQuotedEmptyStringCsv"] = "true"
        if self.chance.random() < 0.02:
            conf["spark.sql.caseSensitive"] = "true"
        return options, conf

    def json(self):
        options, conf = {}, {}
        self.some(options, "ignoreNullFields", FLAGS, 0.3)
        self.some(options, "pretty", FLAGS, 0.1)
        self.some(options, "writeNonAsciiCharacterAsCodePoint", FLAGS, 0.15)
        self.some(options, "lineSep", ["\n", "\r\n", "\r", "ab", "abc", ",", "", "é"], 0.1)
        self.shared(options)
        if self.chance.random() < 0.05:
            conf["spark.sql.jsonGenerator.ignoreNullFields"] = "false"
        return options, conf

    def parquet(self):
        options, conf = {}, {}
        self.some(options, "compression", ["none", "snappy", "gzip", "GZIP", "lz4", "uncompressed", "zstd", "lz4_raw", "bzip2", "deflate", "nope", "brotli"], 0.5)
        if self.chance.random() < 0.4:
            conf["spark.sql.parquet.outputTimestampType"] = self.chance.choice(["INT96", "TIMESTAMP_MICROS", "TIMESTAMP_MILLIS"])
        if self.chance.random() < 0.2:
            conf["spark.sql.parquet.writeLegacyFormat"] = "true"
        if self.chance.random() < 0.2:
            mode = self.chance.choice(["LEGACY", "CORRECTED", "EXCEPTION"])
            conf["spark.sql.parquet.datetimeRebaseModeInWrite"] = mode
            conf["spark.sql.parquet.int96RebaseModeInWrite"] = self.chance.choice(["LEGACY", "CORRECTED", "EXCEPTION"])
        return options, conf

    def schema(self, kind):
        fields, taken = [], set()
        for number in range(self.chance.choice([1, 1, 2, 3, 3, 4, 6])):
            name = self.chance.choice(NAMES) if self.chance.random() < 0.35 else f"c{number}"
            fresh = name.lower() if self.chance.random() < 0.99 else name
            if fresh in taken or (kind == "parquet" and not name):
                name = f"c{number}"
            taken.add(name.lower())
            fields.append({"name": name, "type": self.type(kind)})
        return fields

    def type(self, kind):
        draw = self.chance.random()
        if kind != "csv" and draw < 0.4:
            return self.chance.choice(NESTED)
        if kind == "csv" and draw < 0.006:
            return self.chance.choice(NESTED)
        if draw < 0.7:
            return "string"
        if draw < 0.78:
            precision = self.chance.choice([1, 3, 5, 9, 10, 18, 19, 20, 38])
            return f"decimal({precision},{self.chance.choice([0, 0, 1, 2, precision // 2, precision])})".replace(f",{precision + 1})", ",0)") if precision > 1 else "decimal(1,0)"
        return self.chance.choice(FLAT)

    def cell(self, kind, null=0.12):
        chance = self.chance
        if chance.random() < null:
            return None
        if kind.startswith("array<"):
            return [self.cell(kind[6:-1]) for _ in range(chance.choice([0, 1, 2, 3]))]
        if kind.startswith("map<"):
            key, value = split(kind[4:-1])
            return [[self.cell(key, 0), self.cell(value)] for _ in range(chance.choice([0, 1, 1]))]
        if kind.startswith("struct<"):
            parts = (part.split(":", 1) for part in split(kind[7:-1]))
            return {name: self.cell(inner) for name, inner in parts}
        if kind.startswith("decimal("):
            precision, scale = map(int, kind[8:-1].split(","))
            digits = chance.randrange(10 ** chance.randint(0, precision)) * chance.choice([1, -1])
            return plain(digits, scale)
        return getattr(self, kind)()

    def string(self):
        chance = self.chance
        draw = chance.random()
        if draw < 0.08:
            return ""
        if draw < 0.3:
            return chance.choice(WORDS)
        alphabet = LETTERS + self.marks * 3
        return "".join(chance.choice(alphabet) for _ in range(chance.randint(1, 8)))

    def binary(self):
        return base64.b64encode(self.chance.randbytes(self.chance.randint(0, 9))).decode()

    def boolean(self):
        return self.chance.random() < 0.5

    def whole(self, bits):
        top = 2 ** (bits - 1)
        return self.chance.choice([0, 1, -1, top - 1, -top, self.chance.randrange(-top, top), self.chance.randrange(100) % top])

    def tinyint(self):
        return self.whole(8)

    def smallint(self):
        return self.whole(16)

    def int(self):
        return self.whole(32)

    def bigint(self):
        return self.whole(64)

    def double(self):
        chance = self.chance
        if chance.random() < 0.1:
            return chance.choice(["NaN", "Infinity", "-Infinity"])
        value = chance.choice([0.0, -0.0, 1.0, 0.001, 1e7, 9999999.0, 1e-4, chance.uniform(-1e3, 1e3), round(chance.uniform(-1e9, 1e9), 2), chance.uniform(-1, 1) * 10.0 ** chance.randint(-300, 300)])
        return value

    def float(self):
        value = self.double()
        if isinstance(value, str):
            return value
        return struct.unpack("f", struct.pack("f", value if abs(value) < 3e38 else 1.25))[0]

    def moment(self):
        chance = self.chance
        year = chance.choices([chance.randint(1, 9999), chance.randint(1850, 1905), chance.randint(1970, 2037)], [1, 1, 8])[0]
        day = chance.choice([1, 28, chance.randint(1, 28)])
        micro = chance.choice([0, 0, 1, 999_999, 100_000, 123_000, chance.randrange(1_000_000)])
        return datetime.datetime(year, chance.randint(1, 12), day, chance.randrange(24), chance.randrange(60), chance.randrange(60), micro)

    def date(self):
        return self.moment().date().isoformat()

    def timestamp_ntz(self):
        return self.moment().isoformat()

    def timestamp(self):
        return self.moment().isoformat() + "Z"


def plain(digits, scale):
    """An unscaled value as plain text, never with an exponent."""
    sign, text = "-" if digits < 0 else "", str(abs(digits)).rjust(scale + 1, "0")
    return sign + (f"{text[:-scale]}.{text[-scale:]}" if scale else text)


def split(text):
    """Parts between the commas that no bracket encloses."""
    depth, parts = 0, [""]
    for letter in text:
        depth += (letter in "<(") - (letter in ">)")
        if letter == "," and not depth:
            parts.append("")
        else:
            parts[-1] += letter
    return parts


# --- Spark -----------------------------------------------------------------------------------------------------------


class Spark:
    """One session that writes every case, one part file each."""

    def __init__(self, folder):
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        from pyspark.sql import SparkSession

        self.folder = folder
        java = "-Duser.timezone=UTC -Dfile.encoding=UTF-8 -Duser.language=en -Duser.country=US"
        conf = {
            "spark.ui.enabled": "false",
            "spark.driver.extraJavaOptions": java,
            "spark.driver.memory": "2g",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.host": "127.0.0.1",
            "spark.sql.session.timeZone": "UTC",
            "spark.hadoop.fs.file.impl": "org.apache.hadoop.fs.RawLocalFileSystem",
            "spark.hadoop.mapreduce.fileoutputcommitter.marksuccessfuljobs": "false",
            "spark.log.level": "OFF",
            "spark.ui.showConsoleProgress": "false",
            # compiling code for each of thousands of tiny frames takes longer than running it
            "spark.sql.codegen.wholeStage": "false",
            "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        }
        builder = SparkSession.builder.master("local[*]").appName("destspec")
        for key, value in conf.items():
            builder = builder.config(key, value)
        self.session = builder.getOrCreate()
        self.session.sparkContext.setLogLevel("OFF")
        self.version = self.session.version

    def run_all(self, cases):
        """Every case, by as many threads as there are processors; each has a session and settings of its own."""
        threads = max(1, os.cpu_count() or 1)
        queue = iter(list(enumerate(cases, 1)))
        lock = threading.Lock()
        started = time.monotonic()

        def work(number):
            worker = copy.copy(self)
            worker.session = self.session.newSession()
            worker.folder = self.folder.with_name(f"{self.folder.name}-{number}")
            while True:
                with lock:
                    done, case = next(queue, (0, None))
                if case is None:
                    return
                worker.run(case)
                if done % 250 == 0:
                    print(f"spark wrote {done} of {len(cases)} after {time.monotonic() - started:.0f} s", flush=True)

        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(work, range(threads)))

    def run(self, case):
        """Fills in what Spark did with the case."""
        case["spark"] = self.version
        frame = self.frame(case)
        for key, value in case["sparkConf"].items():
            self.session.conf.set(key, value)
        try:
            part = self.part(frame, case, case["sparkOptions"])
            if case["kind"] == "compression":
                self.unpack(part, frame, case)
            case["expected"] = {"parts": [part]}
        except Exception as error:  # whatever Spark throws is its outcome
            case["expected"] = {"error": {"class": type(error).__name__, "message": str(error).split("\n")[0][:200]}}
        finally:
            for key in case["sparkConf"]:
                if key != "spark.sql.session.timeZone":
                    self.session.conf.unset(key)
            self.session.conf.set("spark.sql.session.timeZone", "UTC")

    def frame(self, case):
        from pyspark.sql.types import StructField, StructType, _parse_datatype_string

        fields = [StructField(field["name"], _parse_datatype_string(field["type"]), True) for field in case["schema"]]
        rows = [[internal(cell, field["type"]) for cell, field in zip(row, case["schema"])] for row in case["rows"]]
        return self.session.createDataFrame(rows, StructType(fields), verifySchema=False).coalesce(1)

    def part(self, frame, case, options):
        shutil.rmtree(self.folder, ignore_errors=True)
        form = case["fileConfigurations"]["fileType"]["value"]
        frame.write.format(form).options(**options).mode("overwrite").save(str(self.folder))
        [path] = [path for path in self.folder.iterdir() if path.name.startswith("part-")]
        data = path.read_bytes()
        name = re.sub(r"-[0-9a-f]{8}-[0-9a-f-]{27}-", "-<uuid>-", path.name)
        return {"name": name, "length": len(data), "sha256": hashlib.sha256(data).hexdigest(), "base64": base64.b64encode(data).decode()}

    def unpack(self, part, frame, case):
        """The plain bytes of a compressed file, as Spark writes them when told not to compress."""
        packed = base64.b64decode(part["base64"])
        options = {key: value for key, value in case["sparkOptions"].items() if key.lower() != "compression"}
        bare = self.part(frame, case, options)
        part["decompressed"] = {key: bare[key] for key in ("length", "sha256", "base64")}
        if part["name"].endswith((".lz4", ".snappy")):
            blocks = []
            while packed:
                length = int.from_bytes(packed[:4], "big")
                chunk = int.from_bytes(packed[4:8], "big") + 4 if length else 0
                blocks.append({"uncompressed": length})
                packed = packed[4 + chunk :]
            part["hadoopBlocks"] = blocks


def internal(cell, kind):
    """A cell of the corpus's notation as pyspark takes it."""
    if cell is None:
        return None
    if kind.startswith("array<"):
        return [internal(item, kind[6:-1]) for item in cell]
    if kind.startswith("map<"):
        key, value = split(kind[4:-1])
        return {internal(k, key): internal(v, value) for k, v in cell}
    if kind.startswith("struct<"):
        return tuple(internal(cell.get(name), inner) for name, inner in (part.split(":", 1) for part in split(kind[7:-1])))
    if kind.startswith("decimal("):
        return Decimal(cell)
    if kind in ("float", "double"):
        return float(cell)
    if kind == "binary":
        return bytearray(base64.b64decode(cell))
    if kind == "date":
        return datetime.date.fromisoformat(cell)
    if kind == "timestamp":
        return datetime.datetime.fromisoformat(cell.removesuffix("Z")).replace(tzinfo=datetime.timezone.utc)
    if kind == "timestamp_ntz":
        return datetime.datetime.fromisoformat(cell)
    return cell


# --- the smallest case -----------------------------------------------------------------------------------------------


def shrink(spark, binary, case, folder):
    """Takes away rows, columns, options and letters as long as the two still disagree."""
    for _ in range(60):
        tries = [dict(smaller, id=f"fuzz-try-{number}") for number, smaller in enumerate(smaller_cases(case))]
        spark.run_all(tries)
        found = judge(binary, tries, folder) if tries else {}
        best = next((smaller for smaller in tries if smaller["id"] in found), None)
        if best is None:
            break
        print(f"  {found[best['id']][:200]}")
        case = dict(best, id=case["id"])
    return case


def smaller_cases(case):
    def changed(**parts):
        return {**copy.deepcopy({key: value for key, value in case.items() if key != "expected"}), **parts}

    rows = case["rows"]
    if len(rows) > 1:
        half = len(rows) // 2
        yield changed(rows=rows[:half])
        yield changed(rows=rows[half:])
    for at in range(len(rows)):
        yield changed(rows=rows[:at] + rows[at + 1 :])
    if len(case["schema"]) > 1:
        for at in range(len(case["schema"])):
            fewer = [row[:at] + row[at + 1 :] for row in rows]
            yield changed(schema=case["schema"][:at] + case["schema"][at + 1 :], rows=fewer)
    for key in case["sparkOptions"]:
        fewer = {name: value for name, value in case["sparkOptions"].items() if name != key}
        kind = case["fileConfigurations"]["fileType"]["value"] if key.lower() == "compression" else case["kind"]
        yield changed(sparkOptions=fewer, kind=kind)
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            if not isinstance(cell, str) or case["schema"][column]["type"] != "string":
                continue
            shorter = [cell[: len(cell) // 2], cell[len(cell) // 2 :]] + [cell[:i] + cell[i + 1 :] for i in range(min(len(cell), 12))]
            for text in shorter:
                if text != cell:
                    yield changed(rows=rows[:at] + [row[:column] + [text] + row[column + 1 :]] + rows[at + 1 :])


if __name__ == "__main__":
    sys.exit(main())
