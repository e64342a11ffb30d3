-- differences: 4
CREATE SCHEMA app;
CREATE TABLE app.orders (
    id integer PRIMARY KEY,
    state varchar(20) CONSTRAINT orders_state CHECK (state IN ('new', 'it''s ])::text[]', 'done')),
    note varchar(20),
    CONSTRAINT orders_note CHECK (note NOT IN ('x', 'y') OR coalesce(note, 'z') IN ('(ARRAY[''u''::character varying', 'v'))
);
CREATE INDEX orders_new ON app.orders (id) WHERE state IN ('new', 'open');
CREATE VIEW app.done AS SELECT id FROM app.orders WHERE state IN ('done', 'sent');
INSERT INTO app.orders VALUES (1, 'new', 'a');
