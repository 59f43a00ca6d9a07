/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Optimise for This Computer: to its end, with what a toast tells of it, and stopped by pointer and
 * by key. */
#include <glib/gstdio.h>

#include "engine/tn-tuning-store.h"
#include "tn-window-fixture.h"

#define SMALL "image InputLayer 0 -200 | conv Conv2D 0 -60 image | flat Flatten 0 80 conv"
/* Each flattened anew, so that there are many sizes to measure. */
#define LONG                                                                                       \
  "image InputLayer 0 -900 | a Conv2D 0 -800 image | b Conv2D 0 -700 a | c Conv2D 0 -600 b | "     \
  "d Conv2D 0 -500 c | e Conv2D 0 -400 d | f Conv2D 0 -300 e | g Conv2D 0 -200 f | "               \
  "h Conv2D 0 -100 g | i Conv2D 0 0 h | j Conv2D 0 100 i | k Conv2D 0 200 j | l Conv2D 0 300 k"

/* The dialog over the window; NULL when there is none. */
static GtkWidget *
dialog_of (TnWindowFixture *fixture)
{
  GListModel *all = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (all); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (all, i);

      if (ADW_IS_MESSAGE_DIALOG (window) && gtk_widget_get_visible (window))
        return window;
    }
  return NULL;
}

static gboolean
is_open (gpointer fixture)
{
  GtkWidget *dialog = dialog_of (fixture);
  return dialog != NULL && gtk_widget_get_mapped (dialog);
}

static gboolean
is_closed (gpointer fixture)
{
  return dialog_of (fixture) == NULL;
}

static gboolean
says (GtkWidget *widget, gconstpointer text)
{
  return gtk_widget_get_mapped (widget)
         && strstr (gtk_label_get_label (GTK_LABEL (widget)), text) != NULL;
}

typedef struct
{
  GtkWidget *root;
  const char *text;
} Wanted;

static gboolean
is_said (gpointer data)
{
  const Wanted *wanted = data;
  return tn_window_fixture_find (wanted->root, GTK_TYPE_LABEL, says, wanted->text) != NULL;
}

static void
wait_said (GtkWidget *root, const char *text)
{
  Wanted wanted = { root, text };
  g_assert_true (tn_display_wait (is_said, &wanted));
}

/* Which of both depends on the processor. */
static gboolean
is_result_said (gpointer data)
{
  TnWindowFixture *fixture = data;
  return is_said (&(Wanted){ fixture->widget, "1 of 1 kernel changed" })
         || is_said (&(Wanted){ fixture->widget, "The usual kernels are the fastest" });
}

/* After which the dialog is gone, and nothing of it is drawn any more. */
static void
press_last (GtkWidget *dialog, GtkWidget *button)
{
  double x, y;

  g_assert_nonnull (button);
  g_assert_true (gtk_widget_translate_coordinates (button, dialog,
                                                   gtk_widget_get_width (button) / 2.0,
                                                   gtk_widget_get_height (button) / 2.0, &x, &y));
  tn_display_move (dialog, x, y);
  tn_display_button (1, TRUE);
  tn_display_button (1, FALSE);
}

static void
test_whole (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (SMALL);
  g_autofree char *path = tn_tuning_store_path ();

  g_remove (path);
  tn_window_fixture_settle (fixture);
  tn_display_key ("<Shift>F5");
  /* So small a model is measured before anybody has seen the dialog. */
  g_assert_true (tn_display_wait (is_result_said, fixture));
  g_assert_true (tn_display_wait (is_closed, fixture));
  g_autoptr (TnTuning) kept = tn_tuning_store_load ();
  g_assert_nonnull (kept);
  g_assert_cmpuint (tn_tuning_size (kept), ==, 1);
  g_remove (path);
  tn_window_fixture_free (fixture);
}

static void
test_stopped (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (LONG);
  g_autofree char *path = tn_tuning_store_path ();

  g_remove (path);
  tn_window_fixture_settle (fixture);
  for (guint by_key = 0; by_key < 2; by_key++)
    {
      gtk_widget_activate_action (fixture->widget, "win.tune", NULL);
      g_assert_true (tn_display_wait (is_open, fixture));
      tn_display_settle (dialog_of (fixture));
      if (by_key)
        tn_display_key ("Escape");
      else
        press_last (dialog_of (fixture), tn_window_fixture_button (dialog_of (fixture), "Stop"));
      g_assert_true (tn_display_wait (is_closed, fixture));
      wait_said (fixture->widget, "Tuning was stopped");
      g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
    }
  tn_window_fixture_free (fixture);
}

/* Where nothing can run, that is said instead; an empty model has nothing to measure. */
static void
test_wrong (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new ("conv Conv2D 0 -60 | flat Flatten 0 80 conv");

  tn_window_fixture_settle (fixture);
  gtk_widget_activate_action (fixture->widget, "win.tune", NULL);
  wait_said (fixture->widget, "The model cannot run yet.");
  g_assert_true (tn_display_wait (is_closed, fixture));
  tn_window_fixture_free (fixture);

  fixture = tn_window_fixture_new (NULL);
  gtk_widget_activate_action (fixture->widget, "win.tune", NULL);
  tn_display_pump (50);
  g_assert_true (is_closed (fixture));
  tn_window_fixture_free (fixture);
}

int
main (int argc, char **argv)
{
  int status;

  if (!tn_display_init (&argc, &argv, &status))
    return status;
  g_test_add_func ("/tune/whole", test_whole);
  g_test_add_func ("/tune/stopped", test_stopped);
  g_test_add_func ("/tune/wrong", test_wrong);
  return g_test_run ();
}
