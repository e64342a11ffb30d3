-- differences: 1
-- loses: app.t."Odd Name"
CREATE SCHEMA app;
CREATE TABLE app.t (id integer PRIMARY KEY, "Odd Name" text DEFAULT 'd' NOT NULL);
COMMENT ON COLUMN app.t."Odd Name" IS 'odd';
INSERT INTO app.t VALUES (1), (2);
