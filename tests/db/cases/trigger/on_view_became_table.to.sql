-- loses: app.big
CREATE SCHEMA app;
CREATE TABLE app.orders (id bigint PRIMARY KEY, customer text NOT NULL, total integer NOT NULL, placed date);
INSERT INTO app.orders VALUES (1, 'ann', 10, '2024-01-05'), (2, 'bob', 99, NULL), (3, 'ann', 7, '2024-02-29');
CREATE TABLE app.log (id bigint, what text);
INSERT INTO app.log VALUES (1, 'made');
CREATE FUNCTION app.note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE FUNCTION app.other() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TABLE app.big (id bigint);
INSERT INTO app.big VALUES (1);
CREATE TRIGGER note BEFORE INSERT ON app.big FOR EACH ROW EXECUTE FUNCTION app.note();
CREATE RULE guard AS ON DELETE TO app.big DO INSTEAD NOTHING;
