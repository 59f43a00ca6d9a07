/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file that takes long to read: the window says so, goes on answering, and can be told to stop.
 */
#include <adwaita.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "tn-window-fixture.h"

#define MODEL  "image InputLayer 0 -140 | conv Conv2D 0 0 image"
#define LAYERS 4000

static gboolean
says_reading (GtkWidget *widget, gconstpointer data)
{
  return gtk_widget_get_mapped (widget)
         && strstr (gtk_label_get_label (GTK_LABEL (widget)), "Reading “") != NULL;
}

static gboolean
is_reading (gpointer data)
{
  TnWindowFixture *fixture = data;

  return tn_window_fixture_find (fixture->widget, GTK_TYPE_LABEL, says_reading, NULL) != NULL;
}

static gboolean
is_idle (gpointer data)
{
  return !is_reading (data);
}

static gboolean
is_loaded (gpointer data)
{
  return tn_graph_size (tn_window_fixture_graph (data)) == LAYERS;
}

/* Is there a dialog over the window? */
static gboolean
is_told (gpointer data)
{
  TnWindowFixture *fixture = data;
  g_autoptr (GList) windows = gtk_window_list_toplevels ();

  for (GList *item = windows; item != NULL; item = item->next)
    if (ADW_IS_MESSAGE_DIALOG (item->data)
        && gtk_window_get_transient_for (item->data) == GTK_WINDOW (fixture->widget))
      return TRUE;
  return FALSE;
}

/* Something that is read from and never says anything. */
static char *
pipe_new (const char *name)
{
  char *path = g_build_filename (g_get_user_cache_dir (), name, NULL);

  g_assert_cmpint (g_mkdir_with_parents (g_get_user_cache_dir (), 0700), ==, 0);
  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  return path;
}

/* The reader comes to an end, which nobody is told of any more. */
static void
pipe_end (const char *path)
{
  int file = g_open (path, O_WRONLY | O_CLOEXEC, 0);

  g_assert_cmpint (file, >=, 0);
  close (file);
  g_unlink (path);
}

static void
test_stop (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (MODEL);
  g_autofree char *path = pipe_new ("silent.tenon");
  g_autoptr (GFile) file = g_file_new_for_path (path);

  for (int key = 0; key < 2; key++)
    {
      g_assert_true (tn_window_open_file (fixture->window, file));
      g_assert_true (tn_display_wait (is_reading, fixture));
      tn_window_fixture_settle (fixture);
      g_assert_false (tn_window_is_pristine (fixture->window));
      if (key)
        tn_display_key ("Escape");
      else
        tn_window_fixture_press (tn_window_fixture_button (fixture->widget, "Stop"));
      g_assert_true (tn_display_wait (is_idle, fixture));
    }
  /* Nothing has become another, and the window still answers. */
  g_assert_cmpuint (tn_graph_size (tn_window_fixture_graph (fixture)), ==, 2);
  pipe_end (path);
  tn_window_fixture_settle (fixture);
  g_assert_cmpuint (tn_graph_size (tn_window_fixture_graph (fixture)), ==, 2);
  tn_window_fixture_free (fixture);
}

/* A window may be closed over it. */
static void
test_close (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (NULL);
  g_autofree char *path = pipe_new ("closed.tenon");
  g_autoptr (GFile) file = g_file_new_for_path (path);

  g_assert_true (tn_window_open_file (fixture->window, file));
  g_assert_true (tn_display_wait (is_reading, fixture));
  tn_window_fixture_free (fixture);
  pipe_end (path);
}

static void
test_large (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (NULL);
  g_autoptr (TnDraft) draft = tn_draft_new (NULL);
  g_autofree char *path = g_build_filename (g_get_user_cache_dir (), "large.tenon", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (TnGraph) graph = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *nonsense = NULL;
  TnNodeId last = tn_draft_add (draft, &tn_layer_find ("InputLayer")->schema, NULL, TRUE, NULL);

  while (tn_draft_size (draft) < LAYERS)
    {
      TnNodeId id = tn_draft_add (draft, &tn_layer_find ("ReLU")->schema, NULL, FALSE, NULL);

      g_assert_true (tn_draft_connect (draft, (TnRef){ last, 0, 0 }, id, 0, 0, NULL));
      last = id;
    }
  graph = tn_draft_finish (draft);
  bytes = tn_format_write_tenon (graph);
  g_assert_cmpint (g_mkdir_with_parents (g_get_user_cache_dir (), 0700), ==, 0);
  g_assert_cmpuint (g_bytes_get_size (bytes), >, 600 * 1024);
  g_assert_true (tn_format_save (bytes, path, &error));

  /* It is on its way, and nothing has waited for it. */
  g_assert_true (tn_window_open_file (fixture->window, file));
  g_assert_cmpuint (tn_graph_size (tn_window_fixture_graph (fixture)), ==, 0);
  g_assert_true (tn_display_wait (is_loaded, fixture));
  g_assert_true (tn_display_wait (is_idle, fixture));
  g_assert_cmpstr (tn_document_path (tn_window_document (fixture->window)), ==, path);

  /* What cannot be read is told, and what was there stays. */
  nonsense = g_strnfill (600 * 1024, ' ');
  nonsense[0] = '{';
  g_assert_true (g_file_set_contents (path, nonsense, -1, &error));
  g_assert_true (tn_window_open_file (fixture->window, file));
  g_assert_true (tn_display_wait (is_told, fixture));
  g_assert_true (is_idle (fixture));
  g_assert_true (is_loaded (fixture));
  g_unlink (path);
  tn_window_fixture_free (fixture);
}

int
main (int argc, char **argv)
{
  int status;

  if (!tn_display_init (&argc, &argv, &status))
    return status;
  g_test_add_func ("/display/loading/stop", test_stop);
  g_test_add_func ("/display/loading/close", test_close);
  g_test_add_func ("/display/loading/large", test_large);
  return g_test_run ();
}
