"""MemCube: tables, encrypted store, migrations, and the queries on them."""
