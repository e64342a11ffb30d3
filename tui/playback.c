/* See playback.h. */
#include "tui/playback.h"

#include <fcntl.h>

#include "store/disk.h"
#include "tui/console.h"
#include "tui/frame.h"
#include "tui/input.h"

enum { LIMIT_BYTES = 1 << 20 };

enum verb { VERB_KEYS, VERB_TYPE, VERB_COMMAND, VERB_WAIT, VERB_SCREEN, VERB_RESIZE };

static const char *const verbs[] = {"keys", "type", "command", "wait", "screen", "resize"};

struct step {
    enum verb verb;
    const char *text;
    int line;
};

struct playback {
    const char *path;
    struct step *steps;
    size_t count, at;
};

static bool check_keys(const char *text)
{
    for (const char *at = text; *at; at += strspn(at, " ")) {
        size_t size = strcspn(at, " ");
        if (input_parse(at, size) == INPUT_NONE)
            return false;
        at += size;
    }
    return *text;
}

static bool check_size(const char *text)
{
    int columns, rows, used = 0;
    return sscanf(text, "%4d %4d%n", &columns, &rows, &used) == 2 && !text[used] && columns > 0 && rows > 0;
}

static bool check(const struct step *step, const char *path, struct error *error)
{
    static const char *const wants[] = {
        [VERB_KEYS] = "names of keys, separated by blanks",
        [VERB_TYPE] = "a text",
        [VERB_COMMAND] = "a command",
        [VERB_WAIT] = "nothing behind it",
        [VERB_SCREEN] = "the name of a file",
        [VERB_RESIZE] = "columns and rows",
    };
    bool is_right = step->verb == VERB_KEYS     ? check_keys(step->text)
                    : step->verb == VERB_RESIZE ? check_size(step->text)
                                                : (*step->text == '\0') == (step->verb == VERB_WAIT);
    if (is_right)
        return true;
    error_set(error, ERROR_USAGE, "\"%s\" wants %s", verbs[step->verb], wants[step->verb]);
    return error_place(error, path, step->line, 1);
}

static bool parse_line(struct playback *playback, char *line, int number, struct error *error)
{
    line += strspn(line, " \t");
    size_t end = strlen(line);
    while (end > 0 && (line[end - 1] == ' ' || line[end - 1] == '\r'))
        line[--end] = '\0';
    if (!*line || *line == '#')
        return true;
    size_t size = strcspn(line, " ");
    for (size_t i = 0; i < countof(verbs); i++)
        if (strlen(verbs[i]) == size && strncmp(verbs[i], line, size) == 0) {
            const char *text = line + size + strspn(line + size, " ");
            playback->steps = talloc_realloc(playback, playback->steps, struct step, (unsigned)playback->count + 1);
            playback->steps[playback->count] = (struct step){(enum verb)i, text, number};
            return check(&playback->steps[playback->count++], playback->path, error);
        }
    error_set(error, ERROR_USAGE, "unknown step \"%.*s\"", (int)size, line);
    error_place(error, playback->path, number, 1);
    return error_hint(error, "Steps are keys, type, command, wait, screen and resize.");
}

struct playback *playback_read(TALLOC_CTX *owner, const char *path, struct error *error)
{
    struct playback *playback = talloc_zero(owner, struct playback);
    playback->path = talloc_strdup(playback, path);
    char *bytes;
    size_t size;
    bool is_read = disk_read(playback, AT_FDCWD, path, path, LIMIT_BYTES, &bytes, &size, error);
    int number = 1;
    for (char *at = bytes; is_read && at; number++) {
        char *newline = strchr(at, '\n');
        if (newline)
            *newline = '\0';
        is_read = parse_line(playback, at, number, error);
        at = newline ? newline + 1 : NULL;
    }
    if (is_read)
        return playback;
    talloc_free(playback);
    return NULL;
}

static void play_keys(struct console *console, const char *text)
{
    for (const char *at = text; *at; at += strspn(at, " ")) {
        size_t size = strcspn(at, " ");
        unsigned char bytes[8];
        int key = input_parse(at, size);
        console_feed(console, bytes, input_encode(key, bytes));
        at += size;
    }
}

static void play_resize(struct console *console, const char *text)
{
    int columns = 0, rows = 0;
    if (sscanf(text, "%4d %4d", &columns, &rows) == 2)
        terminal_resize(console->terminal, rows, columns);
}

static bool play(const struct step *step, struct console *console, struct error *error)
{
    char *text = NULL;
    bool is_done = true;
    switch (step->verb) {
    case VERB_KEYS:
        play_keys(console, step->text);
        break;
    case VERB_TYPE:
        console_feed(console, (const unsigned char *)step->text, strlen(step->text));
        break;
    case VERB_COMMAND:
        console_command(console, step->text);
        break;
    case VERB_WAIT:
        break;
    case VERB_SCREEN:
        frame_draw(console);
        text = terminal_text(console, console->terminal);
        is_done = disk_replace(step->text, step->text, text, strlen(text), error);
        talloc_free(text);
        break;
    case VERB_RESIZE:
        play_resize(console, step->text);
        break;
    }
    return is_done;
}

bool playback_play(struct playback *playback, struct console *console, struct error *error)
{
    while (playback->at < playback->count && !console->is_over) {
        const struct step *step = &playback->steps[playback->at];
        if (step->verb == VERB_WAIT && loop_is_busy(console->loop))
            return true;
        playback->at++;
        if (!play(step, console, error))
            return false;
    }
    if (playback->at == playback->count)
        console->is_over = true;
    return true;
}
