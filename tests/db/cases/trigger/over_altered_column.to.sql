-- differences: 1
CREATE SCHEMA app;
CREATE TABLE app.orders (id bigint PRIMARY KEY, customer text NOT NULL, total bigint NOT NULL, placed date);
INSERT INTO app.orders VALUES (1, 'ann', 10, '2024-01-05'), (2, 'bob', 99, NULL), (3, 'ann', 7, '2024-02-29');
CREATE TABLE app.log (id bigint, what text);
INSERT INTO app.log VALUES (1, 'made');
CREATE FUNCTION app.note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE FUNCTION app.other() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER a BEFORE UPDATE OF total ON app.orders FOR EACH ROW EXECUTE FUNCTION app.note();
CREATE TRIGGER b BEFORE UPDATE ON app.orders FOR EACH ROW WHEN (old.total <> new.total) EXECUTE FUNCTION app.note();
CREATE TRIGGER c BEFORE UPDATE ON app.orders FOR EACH ROW WHEN (old.* IS DISTINCT FROM new.*) EXECUTE FUNCTION app.note();
CREATE TRIGGER d BEFORE UPDATE OF customer ON app.orders FOR EACH ROW EXECUTE FUNCTION app.note();
COMMENT ON TRIGGER a ON app.orders IS 'first';
ALTER TABLE app.orders DISABLE TRIGGER b;
