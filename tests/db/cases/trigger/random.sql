CREATE SCHEMA §;
CREATE FUNCTION §.one() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE FUNCTION §.other() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TABLE §.t (id integer PRIMARY KEY, a integer, b text);
INSERT INTO §.t VALUES (1, 1, 'x');
CREATE TABLE §.u (id integer PRIMARY KEY);
CREATE TRIGGER «trigger.name: t_row ¦ "Row"» «trigger.timing: BEFORE ¦ AFTER» «trigger.events: INSERT ¦ INSERT OR UPDATE ¦ UPDATE OF a, b» ON §.t FOR EACH «trigger.level: ROW ¦ STATEMENT» EXECUTE FUNCTION «trigger.function: §.one() ¦ §.other() ¦ §.one('a', 'it''s')»;
CREATE TRIGGER t_when BEFORE UPDATE ON §.t FOR EACH ROW WHEN («trigger.condition: NEW.a > OLD.a ¦ NEW.* IS DISTINCT FROM OLD.* ¦ NEW.b = 'x'») EXECUTE FUNCTION §.one();
COMMENT ON TRIGGER t_when ON §.t IS «trigger.comment: NULL ¦ 'sometimes'»;
ALTER TABLE §.t «trigger.enabled: ENABLE ¦ DISABLE ¦ ENABLE ALWAYS ¦ ENABLE REPLICA» TRIGGER t_when;
CREATE TRIGGER t_tables AFTER UPDATE ON §.t REFERENCING «trigger.transition_tables: OLD TABLE AS old ¦ OLD TABLE AS old NEW TABLE AS new» FOR EACH STATEMENT EXECUTE FUNCTION §.one();
CREATE CONSTRAINT TRIGGER t_constraint AFTER INSERT ON §.t «trigger.referenced_table: ¦ FROM §.u» «trigger.constraint_timing: ¦ DEFERRABLE ¦ DEFERRABLE INITIALLY DEFERRED» FOR EACH ROW EXECUTE FUNCTION §.one();
CREATE VIEW §.v AS SELECT id, a FROM §.t «view.definition: ¦ WHERE a > 0»;
«trigger: CREATE TRIGGER v_instead INSTEAD OF INSERT ON §.v FOR EACH ROW EXECUTE FUNCTION §.other(); ¦ »
«trigger: CREATE TRIGGER t_truncate BEFORE TRUNCATE ON §.t EXECUTE FUNCTION §.other(); ¦ »
