CREATE SCHEMA §;
CREATE FUNCTION §.watch() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE FUNCTION §.watch_too() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
CREATE EVENT TRIGGER «event_trigger.name: §_watch ¦ "§ Watch"» ON «event_trigger.event: ddl_command_start ¦ ddl_command_end» «event_trigger.tags: ¦ WHEN TAG IN ('CREATE TABLE') ¦ WHEN TAG IN ('CREATE TABLE', 'DROP TABLE')» EXECUTE FUNCTION «event_trigger.function: §.watch() ¦ §.watch_too()»;
CREATE EVENT TRIGGER §_other ON sql_drop EXECUTE FUNCTION §.watch();
ALTER EVENT TRIGGER §_other «event_trigger.enabled: ENABLE ¦ DISABLE ¦ ENABLE ALWAYS»;
COMMENT ON EVENT TRIGGER §_other IS «event_trigger.comment: NULL ¦ 'watches'»;
«event_trigger: CREATE EVENT TRIGGER §_gone ON table_rewrite EXECUTE FUNCTION §.watch(); ¦ »
