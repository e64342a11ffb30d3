CREATE SCHEMA §;
CREATE FUNCTION §.may(text) RETURNS boolean LANGUAGE sql STABLE AS 'SELECT $1 IS NOT NULL';
CREATE TABLE §.t (id integer PRIMARY KEY, owner text, secret text);
INSERT INTO §.t VALUES (1, 'x', 'y');
ALTER TABLE §.t ENABLE ROW LEVEL SECURITY;
CREATE POLICY «policy.name: own ¦ "Own rows"» ON §.t AS «policy.permissive: PERMISSIVE ¦ RESTRICTIVE» FOR «policy.command: ALL ¦ UPDATE» TO «policy.roles: PUBLIC ¦ random_reader ¦ random_reader, "random Writer"» USING («policy.using_expression: owner = current_user ¦ §.may(owner) ¦ EXISTS (SELECT FROM §.t AS o WHERE o.id = t.id)») WITH CHECK («policy.check_expression: true ¦ owner = current_user ¦ §.may(secret)»);
CREATE POLICY reading ON §.t FOR SELECT USING (true);
COMMENT ON POLICY reading ON §.t IS «policy.comment: NULL ¦ 'all may read'»;
«policy: CREATE POLICY adding ON §.t FOR INSERT WITH CHECK (secret <> 'x'); ¦ »
