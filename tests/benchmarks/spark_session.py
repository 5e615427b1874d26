"""The Spark side of `spark.py`, in an environment of its own: reads statements, a JSON line each, answers with rows.

Not here: anything of RecAudit. `python spark_session.py FOLDER`: a Parquet file in the folder is a table of the schema
`store`. A line is `{"sql": ..., "view": name or null}`: with a name, the rows are kept and become a view of that name.
"""

import json
import sys
import time
from pathlib import Path

from pyspark.sql import SparkSession

SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.driver.host": "localhost",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.memory": "2g",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",  # the log's moments have no time zone
    "spark.sql.shuffle.partitions": "2",  # from here on: what makes hundreds of small statements quick
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}


def main(folder: Path) -> None:
    builder = SparkSession.builder.master("local[2]").appName("recaudit")
    for name, value in {**SETTINGS, "spark.sql.warehouse.dir": str(folder / "warehouse")}.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("OFF")
    spark.sql("create database store")
    for path in sorted(folder.glob("*.parquet")):
        spark.sql(f"create table store.{path.stem} using parquet location '{path}'")
    answer({"version": spark.version, "ansi": spark.conf.get("spark.sql.ansi.enabled")})
    for line in sys.stdin:
        asked, began = json.loads(line), time.perf_counter()
        try:
            found = run(spark, asked["sql"], asked["view"])
        except Exception as error:  # whatever Spark refuses is a result here
            found = {"error": str(error).strip()}
        answer({**found, "seconds": time.perf_counter() - began})


def run(spark: SparkSession, sql: str, view: str | None) -> dict:
    frame = spark.sql(sql)
    if view is None:
        types = {field.name: field.dataType.simpleString() for field in frame.schema.fields}
        return {"rows": [list(row) for row in frame.collect()], "types": types}
    frame.localCheckpoint().createOrReplaceTempView(view)  # `cache table` would plan all that is behind it each time
    return {"rows": [], "types": {}}


def answer(value: dict) -> None:
    print(json.dumps(value, default=plain), flush=True)


def plain(value: object) -> object:
    """Return a decimal as a number, anything else (moments) as text."""
    return float(value) if type(value).__name__ == "Decimal" else str(value)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
