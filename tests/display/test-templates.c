/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every template can be made and disposed of; every control says its name to who cannot see it. */
#include "app/tn-examples.h"
#include "app/tn-issue-view.h"
#include "app/tn-preferences.h"
#include "app/tn-settings.h"
#include "tn-window-fixture.h"

#define CHAIN                                                                                      \
  "image InputLayer 0 -200 | conv Conv2D 0 -60 image | drop Dropout 0 80 conv | dense Dense 0 "    \
  "220 "                                                                                           \
  "drop"

static void
test_alone (gconstpointer data)
{
  GType type = *(const GType *)data;
  GtkWidget *widget = g_object_new (type, NULL);

  g_object_ref_sink (widget);
  g_object_add_weak_pointer (G_OBJECT (widget), (gpointer *)&widget);
  if (GTK_IS_WINDOW (widget))
    gtk_window_destroy (GTK_WINDOW (widget));
  g_object_unref (widget);
  g_assert_null (widget);
}

static void
test_window_goes (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (CHAIN);
  GtkWidget *window = fixture->widget;
  TnDocument *document = tn_window_document (fixture->window);
  TnEngine *engine = tn_window_engine (fixture->window);

  g_object_add_weak_pointer (G_OBJECT (window), (gpointer *)&window);
  g_object_add_weak_pointer (G_OBJECT (document), (gpointer *)&document);
  g_object_add_weak_pointer (G_OBJECT (engine), (gpointer *)&engine);
  tn_window_fixture_click_node (fixture, "conv");
  tn_window_fixture_free (fixture);
  tn_display_pump (50);
  g_assert_null (window);
  g_assert_null (document);
  g_assert_null (engine);
}

/* ---- names for who cannot see ---- */

static gboolean
has_text (GtkWidget *widget, gconstpointer data)
{
  const char *text = gtk_label_get_text (GTK_LABEL (widget));

  return text != NULL && text[0] != '\0';
}

static gboolean
is_control (GtkWidget *widget)
{
  return GTK_IS_BUTTON (widget) || GTK_IS_MENU_BUTTON (widget) || GTK_IS_TEXT (widget)
         || GTK_IS_ENTRY (widget) || GTK_IS_SWITCH (widget) || GTK_IS_DROP_DOWN (widget)
         || GTK_IS_SPIN_BUTTON (widget) || GTK_IS_LIST_VIEW (widget) || GTK_IS_COLUMN_VIEW (widget)
         || GTK_IS_LIST_BOX (widget);
}

/* Parts of composite widgets of the toolkit take their name from the whole. */
static gboolean
is_part (GtkWidget *widget)
{
  static const char *const wholes[] = { "GtkSpinButton",       "GtkEntry",      "GtkSearchEntry",
                                        "GtkDropDown",         "GtkMenuButton", "AdwSplitButton",
                                        "GtkWindowControls",   "AdwComboRow",   "GtkColumnView",
                                        "AdwPreferencesGroup", "TnManyFields",  "AdwToast",
                                        "AdwToastWidget" };

  for (GtkWidget *parent = gtk_widget_get_parent (widget); parent != NULL;
       parent = gtk_widget_get_parent (parent))
    for (guint i = 0; i < G_N_ELEMENTS (wholes); i++)
      if (g_str_equal (G_OBJECT_TYPE_NAME (parent), wholes[i]))
        return TRUE;
  return FALSE;
}

static guint
check_names (GtkWidget *widget)
{
  guint n_checked = 0;

  if (is_control (widget) && !is_part (widget))
    {
      gboolean named
          = gtk_test_accessible_has_property (GTK_ACCESSIBLE (widget),
                                              GTK_ACCESSIBLE_PROPERTY_LABEL)
            || gtk_test_accessible_has_relation (GTK_ACCESSIBLE (widget),
                                                 GTK_ACCESSIBLE_RELATION_LABELLED_BY)
            || (GTK_IS_BUTTON (widget)
                && tn_window_fixture_find (widget, GTK_TYPE_LABEL, has_text, NULL) != NULL);
      if (!named)
        g_test_message ("%s in %s has no name", G_OBJECT_TYPE_NAME (widget),
                        G_OBJECT_TYPE_NAME (gtk_widget_get_parent (widget)));
      g_assert_true (named);
      /* What shows a picture only says on hovering what it does. */
      if (GTK_IS_BUTTON (widget)
          && tn_window_fixture_find (widget, GTK_TYPE_LABEL, has_text, NULL) == NULL)
        g_assert_nonnull (gtk_widget_get_tooltip_text (widget));
      n_checked++;
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    n_checked += check_names (child);
  return n_checked;
}

static void
test_names (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (CHAIN);

  tn_window_fixture_click_node (fixture, "conv");
  g_assert_cmpuint (check_names (fixture->widget), >, 30);
  tn_window_fixture_click_node (fixture, "dense");
  g_assert_cmpuint (check_names (fixture->widget), >, 30);

  GtkWidget *dialog
      = tn_export_dialog_new (GTK_WINDOW (fixture->widget), tn_window_document (fixture->window),
                              tn_window_engine (fixture->window), NULL);
  tn_display_show (GTK_WINDOW (dialog));
  g_assert_cmpuint (check_names (dialog), >, 2);
  gtk_window_destroy (GTK_WINDOW (dialog));
  tn_window_fixture_free (fixture);
}

/* The smallest screen that is promised. */
static void
test_small (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (CHAIN);
  int width, height;

  for (guint page = 0; page < 4; page++)
    {
      static const char *const pages[] = { "problems", "outline", "run", "values" };
      tn_window_show_page (fixture->window, pages[page]);
      tn_window_fixture_click_node (fixture, "conv");
      gtk_widget_measure (fixture->widget, GTK_ORIENTATION_HORIZONTAL, -1, &width, NULL, NULL,
                          NULL);
      gtk_widget_measure (fixture->widget, GTK_ORIENTATION_VERTICAL, 1024, &height, NULL, NULL,
                          NULL);
      g_assert_cmpint (width, <=, 1024);
      g_assert_cmpint (height, <=, 600);
    }
  tn_window_fixture_free (fixture);
}

static void
test_preferences (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (NULL);
  g_autoptr (GSettings) settings = tn_settings_new ();
  GtkWidget *preferences = tn_preferences_new (GTK_WINDOW (fixture->widget), settings);
  GtkWidget *overview;

  tn_display_show (GTK_WINDOW (preferences));
  tn_display_screenshot (preferences, "preferences");
  overview = tn_window_fixture_find (preferences, GTK_TYPE_SWITCH, NULL, NULL);
  g_assert_true (gtk_switch_get_active (GTK_SWITCH (overview)));
  tn_window_fixture_press (overview);
  g_assert_false (g_settings_get_boolean (settings, "overview-visible"));
  tn_window_fixture_press (overview);
  g_assert_true (g_settings_get_boolean (settings, "overview-visible"));
  gtk_window_destroy (GTK_WINDOW (preferences));
  tn_window_fixture_free (fixture);

  /* A new model follows the rule for Dense. */
  g_settings_set_string (settings, "dense-inputs", "any");
  {
    g_autoptr (GtkWidget) window = g_object_ref_sink (tn_window_new (NULL));

    g_assert_cmpint (
        tn_graph_dense_inputs (tn_document_graph (tn_window_document (TN_WINDOW (window)))), ==,
        TN_DENSE_ANY);
    g_assert_false (tn_document_is_modified (tn_window_document (TN_WINDOW (window))));
    gtk_window_destroy (GTK_WINDOW (window));
  }
  g_settings_reset (settings, "dense-inputs");
}

static void
test_examples (void)
{
  TnWindowFixture *fixture = tn_window_fixture_new (NULL);
  guint n_examples = 0;

  for (const TnExample *example = tn_examples (); example->name != NULL; example++, n_examples++)
    {
      g_assert_true (tn_window_open_example (fixture->window, example->name));
      tn_window_fixture_settle (fixture);
      g_assert_cmpuint (tn_graph_size (tn_window_fixture_graph (fixture)), >, 3);
      g_assert_false (tn_document_is_modified (tn_window_document (fixture->window)));
      g_assert_null (tn_document_path (tn_window_document (fixture->window)));
    }
  g_assert_cmpuint (n_examples, ==, 15);
  g_assert_false (tn_window_open_example (fixture->window, "no-such-example"));
  tn_window_fixture_free (fixture);
}

int
main (int argc, char **argv)
{
  int status;

  if (!tn_display_init (&argc, &argv, &status))
    return status;
  GType types[] = { TN_TYPE_PALETTE,   TN_TYPE_INSPECTOR,  TN_TYPE_PROBLEMS,      TN_TYPE_OUTLINE,
                    TN_TYPE_RUN_PANEL, TN_TYPE_ISSUE_VIEW, TN_TYPE_EXPORT_DIALOG, TN_TYPE_CANVAS };
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autofree char *path = g_strdup_printf ("/templates/%s", g_type_name (types[i]));
      g_test_add_data_func (path, &types[i], test_alone);
    }
  g_test_add_func ("/templates/window-goes", test_window_goes);
  g_test_add_func ("/templates/names", test_names);
  g_test_add_func ("/templates/small", test_small);
  g_test_add_func ("/templates/preferences", test_preferences);
  g_test_add_func ("/templates/examples", test_examples);
  return g_test_run ();
}
