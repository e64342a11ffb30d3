/* See dispatch.h. */
#include "tui/dispatch.h"

#include "tui/input.h"
#include "tui/house.h"
#include "tui/parity.h"
#include "tui/screens/diff.h"
#include "tui/screens/help.h"

/* ---- what the console itself does ---- */

static void go_by_number(struct console *console, int number)
{
    for (int i = 0; i < SCREEN_COUNT; i++)
        if (screen_row((enum screen_id)i)->number == number)
            console_go(console, (enum screen_id)i);
}

static void cancel(struct console *console)
{
    struct task *task = console->write_task ? console->write_task : console->command_task;
    if (!task && (console->compare_task || parity_is_asking(console->parity))) {
        if (console->compare_task)
            task_cancel(console->compare_task);
        (void)parity_cancel(console->parity);
        console_say(console, MESSAGE_WARNING, "Cancelling the comparison…");
    } else if (!task && house_cancel(console->house)) {
        console_say(console, MESSAGE_WARNING, "Cancelling the check of the rules…");
    } else if (task) {
        task_cancel(task);
        console_say(console, MESSAGE_WARNING, "Cancelling: the server was asked to stop; waiting for its answer…");
    } else if (console->measure_task) {
        task_cancel(console->measure_task);
        console_say(console, MESSAGE_WARNING, "Cancelling the measuring…");
    } else if (console->refreshing) {
        task_cancel(console->refreshing);
        console_say(console, MESSAGE_NOTE, "Cancelling the reading…");
    } else {
        console_say(console, MESSAGE_NOTE, "Nothing is running. q goes back, Q quits.");
    }
}

static void on_tick_refresh(void *argument)
{
    struct console *console = argument;
    if (!console->is_auto_refreshing)
        return;
    console_refresh(console);
    loop_after(console->loop, 5000, on_tick_refresh, console);
}

static void toggle_auto_refresh(struct console *console)
{
    console->is_auto_refreshing = !console->is_auto_refreshing;
    loop_forget(console->loop, on_tick_refresh, console);
    if (console->is_auto_refreshing)
        loop_after(console->loop, 5000, on_tick_refresh, console);
    console_say(console, MESSAGE_NOTE,
                console->is_auto_refreshing ? "Refreshing every 5 seconds; R stops that."
                                            : "Refreshing only when asked: r.");
}

static void back(struct console *console)
{
    if (console->page_count > 0)
        console_close(console);
    else
        console_quit(console);
}

static void act(struct console *console, enum action action)
{
    switch ((int)action) {
    case ACTION_HELP:
        help_open(console);
        break;
    case ACTION_BACK:
        back(console);
        break;
    case ACTION_CLOSE:
        if (console->page_count > 0)
            console_close(console);
        else
            console_say(console, MESSAGE_NOTE, "Nothing is open here. q or Q quits.");
        break;
    case ACTION_QUIT:
        console_quit(console);
        break;
    case ACTION_CANCEL:
        cancel(console);
        break;
    case ACTION_COMMAND:
        console_prompt(console, "");
        break;
    case ACTION_REFRESH:
        console_refresh(console);
        break;
    case ACTION_AUTO_REFRESH:
        toggle_auto_refresh(console);
        break;
    case ACTION_REPAINT:
        terminal_repaint(console->terminal);
        break;
    case ACTION_SUSPEND:
        console_suspend(console);
        break;
    case ACTION_PREVIOUS_VIEW:
        console_go(console, console->before);
        break;
    case ACTION_DIFF:
        diff_screen_open(console, MIRROR_MIGRATIONS, MIRROR_LIVE);
        break;
    default:
        if (action >= ACTION_SCREEN_1 && action <= ACTION_SCREEN_6)
            go_by_number(console, 1 + (int)action - ACTION_SCREEN_1);
    }
}

/* ---- who takes it ---- */

static void say_unbound(struct console *console, int key)
{
    char name[INPUT_NAME_BYTES];
    enum action elsewhere = action_elsewhere(key);
    if (elsewhere == ACTION_NONE)
        console_say(console, MESSAGE_NOTE, "%s does nothing; ? lists the keys.", input_name(key, name));
    else
        console_say(console, MESSAGE_NOTE, "%s does nothing here: it works %s.", input_name(key, name),
                    action_home(elsewhere));
}

static void view_key(struct console *console, int key)
{
    struct view *front = console_front(console);
    if (front->class->key && front->class->key(front, key))
        return;
    enum action action = action_of_key(key, front->class->where);
    if (action == ACTION_NONE) {
        say_unbound(console, key);
        return;
    }
    const char *refusal = front->class->refusal ? front->class->refusal(front, action) : NULL;
    if (refusal)
        console_say(console, MESSAGE_WARNING, "%s", refusal);
    else if (!front->class->act(front, action))
        act(console, action);
}

static void field_takes(struct console *console, int key)
{
    struct view *asker = console->asker;
    if (key == INPUT_ESCAPE || key == INPUT_CONTROL('c')) {
        console->asker = NULL;
        asker->class->typed(asker, console->field.text, TYPING_GIVEN_UP);
    } else if (key == INPUT_ENTER) {
        console->asker = NULL;
        asker->class->typed(asker, console->field.text, TYPING_DONE);
    } else if (field_key(&console->field, key)) {
        asker->class->typed(asker, console->field.text, TYPING_ON);
    }
}

static void paste_key(struct console *console, int key)
{
    struct view *taker = console->dialog ? console->dialog : console_front(console);
    bool is_text = key >= INPUT_SPACE && key < INPUT_UP && key != INPUT_BACKSPACE;
    if (prompt_is_open(console->prompt))
        prompt_paste(console->prompt, key);
    else if (console->asker && is_text)
        field_takes(console, key);
    else if (!console->asker && taker->class->paste && is_text)
        taker->class->paste(taker, key);
    else if (!console->asker)
        console->was_paste_dropped = true;
}

static void end_paste(struct console *console)
{
    console->is_pasting = false;
    if (console->was_paste_dropped)
        console_say(console, MESSAGE_WARNING,
                    "A paste was discarded: nothing here takes text. : opens the command line.");
    console->was_paste_dropped = false;
}

void dispatch_key(struct console *console, int key, const unsigned char *bytes, size_t count)
{
    if (key == INPUT_PASTE_BEGIN)
        console->is_pasting = true;
    else if (key == INPUT_PASTE_END)
        end_paste(console);
    else if (console->is_pasting)
        paste_key(console, key);
    else {
        messages_clear(console->messages);
        if (prompt_is_open(console->prompt) && (key == INPUT_ESCAPE || key == INPUT_CONTROL('c')))
            prompt_close(console->prompt);
        else if (prompt_is_open(console->prompt))
            prompt_feed(console->prompt, bytes, count);
        else if (console->dialog)
            (void)console->dialog->class->key(console->dialog, key);
        else if (console->asker)
            field_takes(console, key);
        else if (key != INPUT_UNKNOWN)
            view_key(console, key);
    }
}
