/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What must not be lost: changes in a crash, and what other programs write into an open file. */
#include <string.h>

#include <glib/gstdio.h>

#include "app/tn-settings.h"
#include "tn-window-fixture.h"

#define MODEL "image InputLayer 0 -140 | conv Conv2D 0 0 image | flat Flatten 0 140 conv"

static gboolean
has_copies (void)
{
  g_autofree char *folder = tn_recovery_folder ();
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);

  return dir != NULL && g_dir_read_name (dir) != NULL;
}

static gboolean
says (GtkWidget *widget, gconstpointer text)
{
  return strstr (gtk_label_get_label (GTK_LABEL (widget)), text) != NULL
         && gtk_widget_get_mapped (widget);
}

typedef struct
{
  TnWindowFixture *fixture;
  const char *text;
} Wanted;

static gboolean
is_said (gpointer data)
{
  const Wanted *wanted = data;

  return tn_window_fixture_find (wanted->fixture->widget, GTK_TYPE_LABEL, says, wanted->text)
         != NULL;
}

static void
wait_for_text (TnWindowFixture *fixture, const char *text)
{
  g_assert_true (tn_display_wait (is_said, &(Wanted){ fixture, text }));
}

static void
test_crash (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (NULL);
  g_autofree char *folder = tn_recovery_folder ();
  g_autofree char *path = g_build_filename (g_get_user_cache_dir (), "lost.tenon", NULL);
  g_autoptr (TnGraph) graph = tn_fixture_graph (MODEL);
  g_autoptr (TnRecovery) copy = NULL;
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GError) error = NULL;

  /* A change is kept, and taking it back leaves nothing. */
  tn_canvas_add (tn_window_canvas (fixture->window), (TnOffer){ .layer = tn_layer_find ("Dense") });
  tn_window_flush (fixture->window);
  g_assert_true (has_copies ());
  tn_display_key ("<Control>z");
  g_assert_false (has_copies ());

  /* A program was killed. */
  g_assert_cmpint (g_mkdir_with_parents (g_get_user_cache_dir (), 0700), ==, 0);
  copy = tn_recovery_new (folder, &error);
  g_assert_no_error (error);
  g_assert_true (tn_recovery_write (copy, graph, path, "lost.tenon", &error));
  g_assert_no_error (error);
  g_clear_pointer (&copy, tn_recovery_unref);

  found = tn_recovery_find (folder);
  g_assert_cmpuint (found->len, ==, 1);
  g_assert_true (tn_window_recover (fixture->window, found->pdata[0]));
  g_clear_pointer (&found, g_ptr_array_unref);
  g_assert_cmpuint (tn_graph_size (tn_window_fixture_graph (fixture)), ==, 3);
  wait_for_text (fixture, "your changes are back");
  tn_window_fixture_settle (fixture);
  tn_display_screenshot (fixture->widget, "recovery-back");
  g_assert_true (tn_document_is_modified (tn_window_document (fixture->window)));
  g_assert_true (has_copies ());

  tn_display_key ("<Control>s");
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_false (tn_document_is_modified (tn_window_document (fixture->window)));
  g_assert_false (has_copies ());
  g_unlink (path);
  tn_window_fixture_free (fixture);
}

/* Who does not want copies has none, from the moment on that they say so. */
static void
test_unwanted (void)
{
  g_autoptr (GSettings) settings = tn_settings_new ();
  TnWindowFixture *fixture;

  g_assert_nonnull (settings);
  fixture = tn_window_fixture_new (NULL);
  tn_canvas_add (tn_window_canvas (fixture->window), (TnOffer){ .layer = tn_layer_find ("Dense") });
  tn_window_flush (fixture->window);
  g_assert_true (has_copies ());
  g_settings_set_boolean (settings, "keep-copies", FALSE);
  g_assert_false (has_copies ());
  tn_canvas_add (tn_window_canvas (fixture->window), (TnOffer){ .layer = tn_layer_find ("Dense") });
  tn_window_flush (fixture->window);
  g_assert_false (has_copies ());
  g_settings_reset (settings, "keep-copies");
  tn_window_flush (fixture->window);
  g_assert_true (has_copies ());
  tn_window_fixture_free (fixture);
  g_assert_false (has_copies ());
}

static void
test_changed_on_disk (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (MODEL);
  g_autofree char *path = g_build_filename (g_get_user_cache_dir (), "shared.tenon", NULL);
  g_autoptr (TnGraph) other = tn_fixture_graph ("a InputLayer 0 0 | b Dense 0 140 a");
  g_autoptr (GBytes) bytes = tn_format_write_tenon (other);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (g_get_user_cache_dir (), 0700), ==, 0);
  g_assert_true (tn_window_save_file (fixture->window, path));
  g_assert_true (tn_format_save (bytes, path, &error));
  g_assert_no_error (error);
  wait_for_text (fixture, "Another program has changed the file");
  tn_display_screenshot (fixture->widget, "recovery-changed");

  /* It is not replaced without a question. */
  tn_canvas_add (tn_window_canvas (fixture->window), (TnOffer){ .layer = tn_layer_find ("Dense") });
  gtk_widget_activate_action (fixture->widget, "win.save", NULL);
  g_assert_true (tn_document_is_modified (tn_window_document (fixture->window)));
  tn_display_settle (GTK_WIDGET (gtk_application_get_active_window (fixture->application)));
  tn_display_screenshot (GTK_WIDGET (gtk_application_get_active_window (fixture->application)),
                         "recovery-replace");
  tn_display_key ("Escape");
  tn_display_settle (fixture->widget);

  tn_display_key ("<Control>z");
  g_assert_false (tn_document_is_modified (tn_window_document (fixture->window)));
  tn_window_fixture_press (tn_window_fixture_button (fixture->widget, "Load It"));
  g_assert_cmpuint (tn_graph_size (tn_window_fixture_graph (fixture)), ==, 2);
  g_assert_false (tn_document_is_modified (tn_window_document (fixture->window)));

  g_unlink (path);
  wait_for_text (fixture, "was moved or deleted");
  tn_window_fixture_free (fixture);
}

int
main (int argc, char **argv)
{
  int status;

  if (!tn_display_init (&argc, &argv, &status))
    return status;
  g_test_add_func ("/display/recovery/crash", test_crash);
  g_test_add_func ("/display/recovery/unwanted", test_unwanted);
  g_test_add_func ("/display/recovery/changed-on-disk", test_changed_on_disk);
  return g_test_run ();
}
