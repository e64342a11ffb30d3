-- differences: 1
-- loses: app."New ""Table"
CREATE SCHEMA app;
CREATE TABLE app.kept (id integer PRIMARY KEY, note text);
INSERT INTO app.kept VALUES (1, 'a'), (2, 'b');
CREATE TABLE app."New ""Table" (
    "select" bigint GENERATED ALWAYS AS IDENTITY,
    "Ümlaut ü" text DEFAULT 'it''s' NOT NULL,
    "integer" integer,
    kept integer REFERENCES app.kept,
    price numeric(10,2)[] DEFAULT '{1.50}'::numeric(10,2)[],
    span interval day to second(3),
    bits bit varying(5),
    at timestamp(3) with time zone DEFAULT now(),
    name character varying(20) COLLATE "C",
    CONSTRAINT "The Key" PRIMARY KEY ("select"),
    CONSTRAINT "Üni" UNIQUE ("Ümlaut ü", "integer"),
    CHECK ("integer" > 0)
);
COMMENT ON TABLE app."New ""Table" IS 'new';
COMMENT ON COLUMN app."New ""Table"."select" IS 'its key';
INSERT INTO app."New ""Table" ("Ümlaut ü", "integer", kept) VALUES ('x', 1, 2);
