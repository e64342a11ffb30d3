#!/usr/bin/env python3
"""Prints the models of a SQLAlchemy declarative base for pgdeck, as YAML documents (or, with --ddl, as DDL).

    python3 sqlalchemy_models.py MODULE[:BASE] [--ddl]

DDL has the tables alone. YAML has the relationships too; what SQLAlchemy has no word for is said in `info`:

    agent = relationship("Agent", back_populates="cases", info={"soft_delete": "follow", "cascade": ["soft_delete"]})
    id    = Column(BigInteger, primary_key=True, autoincrement=False, info={"generate": "snowflake"})
    __table_args__ = {"info": {"soft_delete": "is_deleted", "label": "name"}}

For SQLAlchemy 1.4 and 2; needs no database driver. A many-to-many relationship is told through its association table.
"""
import argparse
import importlib
import json
import os
import sys

import sqlalchemy as sa
from sqlalchemy import create_mock_engine
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.orm import configure_mappers, declared_attr
from sqlalchemy.orm.interfaces import MANYTOMANY, MANYTOONE

DIALECT = PGDialect(paramstyle="named")  # others double each % of a literal
SERIALS = {"SMALLINT": "smallserial", "INTEGER": "serial", "BIGINT": "bigserial"}
SOFT_DELETE_COLUMNS = ("is_deleted", "deleted_at")


def sql(element):
    """SQL text of an expression, as it would stand in DDL of its table."""
    if isinstance(element, str):
        return element
    options = {"literal_binds": True, "include_table": False}
    return str(element.compile(dialect=DIALECT, compile_kwargs=options))


def literal(text):
    return "'" + text.replace("'", "''") + "'"


def warn(text):
    print("warning: " + text, file=sys.stderr)


def unquoted(name):
    """A constraint's name, where it was given: naming conventions give one too."""
    return str(name) if isinstance(name, str) else None


def qualified(name, schema):
    quote = DIALECT.identifier_preparer.quote
    return (quote(schema) + "." if schema else "") + quote(name)


# ---- columns ----

def column_type(column):
    is_serial = (
        column is column.table._autoincrement_column
        and column.default is None
        and column.server_default is None
        and not column.foreign_keys
    )
    text = column.type.compile(dialect=DIALECT)
    return SERIALS.get(text, text) if is_serial else text


def column_default(column):
    default = column.server_default
    if default is None or isinstance(default, (sa.Computed, sa.Identity)) or not hasattr(default, "arg"):
        return None
    return literal(default.arg) if isinstance(default.arg, str) else sql(default.arg)


def describe_column(column):
    described = {"type": column_type(column), "nullable": bool(column.nullable)}
    if column.primary_key:
        described["primary_key"] = True
    if column_default(column) is not None:
        described["default"] = column_default(column)
    if isinstance(column.server_default, sa.Computed):
        described["computed"] = sql(column.server_default.sqltext)
    if isinstance(column.server_default, sa.Identity):
        described["identity"] = "always" if column.server_default.always else "by_default"
    if getattr(column.type, "collation", None):
        described["type"] = described["type"].split(" COLLATE ")[0]
        described["collation"] = '"%s"' % column.type.collation
    if column.comment:
        described["comment"] = column.comment
    if "generate" in column.info:
        described["generate"] = column.info["generate"]
    return described


# ---- constraints and indexes ----

def deferral(constraint):
    if not constraint.deferrable:
        return {}
    return {"deferrable": "deferred" if (constraint.initially or "").upper() == "DEFERRED" else "immediate"}


def foreign_key_target(constraint, entities):
    table = constraint.referred_table
    target = {"entity": entities[table]} if table in entities else {"table": qualified(table.name, table.schema)}
    for key, action in (("on_delete", constraint.ondelete), ("on_update", constraint.onupdate)):
        if action:
            target[key] = action.lower()
    return {**target, **deferral(constraint)}


def add_foreign_keys(table, document, entities):
    many = []
    for constraint in sorted(table.foreign_key_constraints, key=lambda one: one.column_keys):
        target, name = foreign_key_target(constraint, entities), unquoted(constraint.name)
        columns = [element.parent.name for element in constraint.elements]
        referred = [element.column.name for element in constraint.elements]
        described = document["columns"][columns[0]]
        if len(columns) == 1 and "references" not in described:
            described["references"] = {**target, "column": referred[0], **({"name": name} if name else {})}
        else:
            many.append((name, {"columns": columns, "references": referred, **target}))
    add_things(document, "foreign_keys", many)


def add_things(document, key, things):
    """Named things as a map; a list where the server gives names."""
    if things and all(name for name, _ in things):
        document[key] = dict(things)
    elif things:
        document[key] = [{"name": name, **thing} if name else thing for name, thing in things]


def is_made(constraint):
    """Constraints of types (booleans, enums) say themselves whether a dialect makes them."""
    rule = getattr(constraint, "_create_rule", None)
    return rule is None or rule(DIALECT.ddl_compiler(DIALECT, None))


def add_constraints(table, document):
    uniques, checks = [], []
    for constraint in sorted(table.constraints, key=lambda one: (str(one.name or ""), type(one).__name__)):
        if isinstance(constraint, sa.UniqueConstraint):
            columns = {"columns": [column.name for column in constraint.columns], **deferral(constraint)}
            uniques.append((unquoted(constraint.name), columns))
        elif isinstance(constraint, ExcludeConstraint):
            warn("%s: an exclusion constraint is left out: a .sql file or --ddl can say it" % document["entity"])
    checks_of_columns = [one for column in table.columns for one in column.constraints]
    for constraint in list(table.constraints) + checks_of_columns:
        if isinstance(constraint, sa.CheckConstraint) and is_made(constraint):
            checks.append((unquoted(constraint.name), {"check": sql(constraint.sqltext)}))
    if unquoted(table.primary_key.name):
        document["primary_key"] = {table.primary_key.name: [column.name for column in table.primary_key.columns]}
    add_things(document, "unique", sorted(uniques, key=str))
    add_things(document, "checks", sorted(checks, key=str))


def index_part(expression, operators):
    if isinstance(expression, sa.Column):
        operator = operators.get(expression.key)
        return DIALECT.identifier_preparer.quote(expression.name) + " " + operator if operator else expression.name
    return sql(expression.self_group())


def add_indexes(table, document):
    indexes = []
    for index in sorted(table.indexes, key=lambda one: str(one.name)):
        options = index.dialect_options["postgresql"]
        described = {"columns": [index_part(one, options["ops"] or {}) for one in index.expressions]}
        if index.unique:
            described["unique"] = True
        if options["using"]:
            described["using"] = options["using"]
        if options["where"] is not None:
            described["where"] = sql(options["where"])
        if options["include"]:
            described["include"] = [getattr(column, "name", column) for column in options["include"]]
        if options["with"]:
            described["with"] = ", ".join("%s = %s" % pair for pair in sorted(options["with"].items()))
        indexes.append((unquoted(index.name), described))
    add_things(document, "indexes", indexes)


# ---- relationships ----

def soft_delete_column(table):
    names = [table.info.get("soft_delete")] + [name for name in SOFT_DELETE_COLUMNS if name in table.columns]
    return next((name for name in names if name), None)


def describe_relationship(relationship, entities):
    """None where it cannot be told; what was not said is left out, and pgdeck names its place."""
    table = relationship.mapper.local_table
    if relationship.direction is MANYTOMANY or relationship.viewonly or table not in entities:
        return None
    is_holder = relationship.direction is MANYTOONE
    key = [(near if is_holder else far).name for near, far in relationship.local_remote_pairs]
    described = {
        "to": entities[table],
        "kind": "many" if relationship.uselist else "one",
        "key": key[0] if len(key) == 1 else key,
    }
    if relationship.back_populates:
        described["back_populates"] = relationship.back_populates
    described["cascade"] = [
        word for word, is_on in (
            ("save", relationship.cascade.save_update and not is_holder),
            ("soft_delete", "soft_delete" in relationship.info.get("cascade", ())),
            ("delete", relationship.cascade.delete),
        ) if is_on
    ]
    soft_delete = relationship.info.get("soft_delete")
    if soft_delete or not soft_delete_column(table):  # nothing to hide behind where nothing is soft-deleted
        described["soft_delete"] = soft_delete or "keep"
    return described


def add_relationships(mapper, document, entities):
    relationships = {}
    for relationship in sorted(mapper.relationships, key=lambda one: one.key):
        described = describe_relationship(relationship, entities)
        if described:
            relationships[relationship.key] = described
    document.setdefault("relationships", {}).update(relationships)


def add_association(table, documents, entities):
    """An association table without a class: one relationship to each end, and its inverse there."""
    document = documents[table]
    for constraint in sorted(table.foreign_key_constraints, key=lambda one: one.column_keys):
        end = documents.get(constraint.referred_table)
        if end is None:
            continue
        key = [element.parent.name for element in constraint.elements]
        name = key[0][:-3] if key[0].endswith("_id") else key[0] + "_end"
        taken = end.setdefault("relationships", {})
        inverse = table.name if table.name not in taken else table.name + "_" + name
        common = {"key": key[0] if len(key) == 1 else key, "soft_delete": "keep"}
        cascade = ["save"] + (["delete"] if (constraint.ondelete or "").upper() == "CASCADE" else [])
        document.setdefault("relationships", {})[name] = {
            "to": end["entity"], "kind": "one", "back_populates": inverse, "cascade": [], **common}
        taken[inverse] = {
            "to": document["entity"], "kind": "many", "back_populates": name, "cascade": cascade, **common}


# ---- mixins ----

def mixin_classes(mapper):
    """Classes without a table of their own that bring columns, the farthest first."""
    found = []
    for one in reversed(mapper.class_.__mro__):
        names = [name for name, value in vars(one).items() if isinstance(value, (sa.Column, declared_attr))]
        columns = [name for name in names if name in mapper.local_table.columns]
        if columns and sa.inspect(one, raiseerr=False) is None:
            found.append((one.__name__, columns))
    return found


def take_mixins(mapper, document, mixins):
    """Moves what the mixin says the same for all into a document of the mixin."""
    for name, columns in mixin_classes(mapper):
        described = {column: document["columns"][column] for column in columns}
        mixin = mixins.setdefault(name, {"mixin": name, "columns": described})
        if set(mixin["columns"]) != set(columns):
            continue
        document.setdefault("extends", []).append(name)
        for column in columns:
            if mixin["columns"][column] == document["columns"][column]:
                del document["columns"][column]


# ---- types, entities ----

def described_types(metadata):
    types = {}
    for table in metadata.sorted_tables:
        for column in table.columns:
            kind = column.type.item_type if isinstance(column.type, sa.ARRAY) else column.type
            kind = kind.dialect_impl(DIALECT)
            if isinstance(kind, sa.Enum) and kind.native_enum and kind.name:
                types[qualified(kind.name, kind.schema)] = {"enum": list(kind.enums)}
    return dict(sorted(types.items()))


def camel(name):
    return "".join(word[:1].upper() + word[1:] for word in name.replace("-", "_").split("_"))


def named_entities(base, metadata):
    """The class of each table; of a hierarchy in one table, the topmost. Tables without a class get a name like one."""
    def depth_and_name(mapper):
        return len(list(mapper.iterate_to_root())), mapper.class_.__name__

    classes = {}
    for mapper in sorted(base.registry.mappers, key=depth_and_name):
        if isinstance(mapper.local_table, sa.Table):
            classes.setdefault(mapper.local_table, mapper)
    names = {table: mapper.class_.__name__ for table, mapper in classes.items()}
    for table in metadata.sorted_tables:
        names.setdefault(table, camel(table.name))
    return classes, names


def describe_entity(table, name, entities):
    document = {"entity": name, "table": qualified(table.name, table.schema)}
    if table.comment:
        document["description"] = table.comment
    document["columns"] = {column.name: describe_column(column) for column in table.columns}
    add_constraints(table, document)
    add_foreign_keys(table, document, entities)
    add_indexes(table, document)
    if soft_delete_column(table):
        document["soft_delete"] = soft_delete_column(table)
    if table.info.get("label"):
        document["label"] = table.info["label"]
    return document


def documents_of(base):
    configure_mappers()
    metadata = base.metadata
    classes, entities = named_entities(base, metadata)
    documents = {table: describe_entity(table, entities[table], entities) for table in metadata.sorted_tables}
    for table, mapper in classes.items():
        if table in documents:
            add_relationships(mapper, documents[table], entities)
    for table in metadata.sorted_tables:
        if table not in classes:
            add_association(table, documents, entities)
    mixins = {}
    for table, mapper in sorted(classes.items(), key=lambda pair: pair[0].fullname):
        take_mixins(mapper, documents[table], mixins)
    types = described_types(metadata)
    ordered = sorted(documents.values(), key=lambda document: document["entity"])
    return ([{"types": types}] if types else []) + [mixins[name] for name in sorted(mixins)] + ordered


# ---- printing ----

def print_value(value, indent):
    """YAML of maps within maps; all else is JSON, which is YAML too."""
    for key, one in value.items():
        start = " " * indent + (key if key.isidentifier() else json.dumps(key, ensure_ascii=False)) + ":"
        if isinstance(one, dict) and one and any(isinstance(deeper, dict) for deeper in one.values()):
            print(start)
            print_value(one, indent + 2)
        else:
            print(start, json.dumps(one, ensure_ascii=False))


def print_documents(base):
    for document in documents_of(base):
        print("---")
        print_value({key: value for key, value in document.items() if value != {}}, 0)


def print_ddl(base):
    def show(statement, *_, **__):
        print(str(statement.compile(dialect=engine.dialect)).strip() + ";\n")

    engine = create_mock_engine("postgresql+psycopg2://", show, paramstyle="named")
    for schema in sorted({table.schema for table in base.metadata.sorted_tables if table.schema}):
        print("CREATE SCHEMA IF NOT EXISTS %s;\n" % DIALECT.identifier_preparer.quote(schema))
    base.metadata.create_all(engine, checkfirst=False)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("base", metavar="MODULE[:BASE]", help="the declarative base; BASE is Base by default")
    parser.add_argument("--ddl", action="store_true", help="print CREATE statements instead of YAML documents")
    arguments = parser.parse_args()
    sys.path.insert(0, os.getcwd())
    module, _, name = arguments.base.partition(":")
    base = getattr(importlib.import_module(module), name or "Base")
    (print_ddl if arguments.ddl else print_documents)(base)


if __name__ == "__main__":
    main()
