CREATE SCHEMA §;
CREATE TABLE §.t (id integer PRIMARY KEY, a integer);
CREATE TABLE §.log (id integer, a integer);
INSERT INTO §.t VALUES (1, 1);
CREATE VIEW §.v AS SELECT id, a FROM §.t;
CREATE RULE «n=rule.name: noted ¦ "Noted"» AS ON «rule.event: UPDATE ¦ DELETE» TO §.t DO ALSO «rule.definition: INSERT INTO §.log VALUES (OLD.id, OLD.a) ¦ INSERT INTO §.log VALUES (OLD.id, 0) ¦ NOTHING»;
CREATE RULE v_insert AS ON INSERT TO §.v DO INSTEAD INSERT INTO §.t VALUES (NEW.id, NEW.a);
COMMENT ON RULE v_insert ON §.v IS «rule.comment: NULL ¦ 'goes through'»;
ALTER TABLE §.t «rule.enabled: ENABLE ¦ DISABLE ¦ ENABLE ALWAYS» RULE «n»;
«rule: CREATE RULE t_protect AS ON DELETE TO §.log DO INSTEAD NOTHING; ¦ »
