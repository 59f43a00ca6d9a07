/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nothing is cut off, in a language with long words (pseudo.py) and on the smallest screens. */
#include <locale.h>
#include <string.h>

#include "app/tn-app.h"
#include "base/tn-i18n.h"
#include "tn-window-fixture.h"

/* A Dense meets a feature map; and what else has much to say. */
#define MODEL                                                                                      \
  "image InputLayer 0 -280 | conv Conv2D 0 -140 image | pool MaxPooling2D 0 0 conv | "             \
  "dense Dense 0 140 pool | logits Dense 0 280 dense"

typedef struct
{
  const char *page; /* what is looked at */
  guint n_labels;   /* that were */
} Look;

/* ---- what may be cut off ---- */

static gboolean
is_within (GtkWidget *widget, const char *type)
{
  for (; widget != NULL; widget = gtk_widget_get_parent (widget))
    if (g_str_equal (G_OBJECT_TYPE_NAME (widget), type))
      return TRUE;
  return FALSE;
}

static gboolean
is_told_when_pointed_at (GtkWidget *label)
{
  const char *text = gtk_label_get_text (GTK_LABEL (label));

  for (GtkWidget *at = label; at != NULL; at = gtk_widget_get_parent (at))
    if (gtk_widget_get_tooltip_text (at) != NULL)
      return strstr (gtk_widget_get_tooltip_text (at), text) != NULL;
  return FALSE;
}

/* Names and files of people may be of any length, and columns as narrow as people make them. */
static gboolean
may_end_early (GtkWidget *label)
{
  if (is_told_when_pointed_at (label))
    return TRUE;
  return is_within (label, "GtkColumnViewCell") || is_within (label, "AdwWindowTitle")
         || is_within (label, "GtkColumnViewTitle");
}

static void
complain (const Look *look, GtkWidget *widget, const char *what)
{
  const char *text = GTK_IS_LABEL (widget) ? gtk_label_get_text (GTK_LABEL (widget)) : "";
  g_autoptr (GString) place = g_string_new (NULL);

  for (GtkWidget *at = widget; at != NULL; at = gtk_widget_get_parent (at))
    g_string_append_printf (place, " < %s", G_OBJECT_TYPE_NAME (at));
  g_string_truncate (place, MIN (place->len, 240));
  g_test_message ("%s: “%s” %s:%s", look->page, text, what, place->str);
  g_test_fail ();
}

/* ---- looking ---- */

static int
least (GtkWidget *widget, GtkOrientation orientation, int for_size)
{
  int minimum;

  gtk_widget_measure (widget, orientation, for_size, &minimum, NULL, NULL, NULL);
  return minimum;
}

static void
check_size (const Look *look, GtkWidget *widget)
{
  int width = gtk_widget_get_allocated_width (widget) + gtk_widget_get_margin_start (widget)
              + gtk_widget_get_margin_end (widget);
  int height = gtk_widget_get_allocated_height (widget) + gtk_widget_get_margin_top (widget)
               + gtk_widget_get_margin_bottom (widget);

  if (width < least (widget, GTK_ORIENTATION_HORIZONTAL, -1))
    complain (look, widget, "is narrower than it can be");
  else if (height < least (widget, GTK_ORIENTATION_VERTICAL, width))
    complain (look, widget, "is lower than it can be");
}

/* Within all that cuts it off, up to its window or popover. What scrolls shows the rest. */
static void
check_place (const Look *look, GtkWidget *widget)
{
  GtkWidget *part = widget;

  for (GtkWidget *at = gtk_widget_get_parent (widget); at != NULL; at = gtk_widget_get_parent (at))
    {
      gboolean across = TRUE, along = TRUE;
      graphene_rect_t bounds;

      if (GTK_IS_SCROLLED_WINDOW (at))
        {
          GtkPolicyType horizontal, vertical;

          gtk_scrolled_window_get_policy (GTK_SCROLLED_WINDOW (at), &horizontal, &vertical);
          across = horizontal == GTK_POLICY_NEVER;
          along = vertical == GTK_POLICY_NEVER;
        }
      else if (gtk_widget_get_overflow (at) != GTK_OVERFLOW_HIDDEN && !GTK_IS_NATIVE (at))
        continue;
      /* Its viewport cuts as the scrolled window does. */
      if (GTK_IS_SCROLLABLE (at) && GTK_IS_SCROLLED_WINDOW (gtk_widget_get_parent (at)))
        continue;
      if (!gtk_widget_compute_bounds (part, at, &bounds))
        return;
      if (across
          && (bounds.origin.x < -1
              || bounds.origin.x + bounds.size.width > (float)gtk_widget_get_width (at) + 1))
        {
          complain (look, widget, "reaches out to a side");
          return;
        }
      if (along
          && (bounds.origin.y < -1
              || bounds.origin.y + bounds.size.height > (float)gtk_widget_get_height (at) + 1))
        {
          complain (look, widget, "reaches out above or below");
          return;
        }
      if (GTK_IS_NATIVE (at))
        return;
      if (GTK_IS_SCROLLED_WINDOW (at))
        part = at;
    }
}

static void
look_at (Look *look, GtkWidget *widget)
{
  if (!gtk_widget_get_mapped (widget) || !gtk_widget_get_child_visible (widget))
    return;
  if (GTK_IS_LABEL (widget) && *gtk_label_get_text (GTK_LABEL (widget)) != '\0')
    {
      look->n_labels++;
      check_size (look, widget);
      check_place (look, widget);
      if (pango_layout_is_ellipsized (gtk_label_get_layout (GTK_LABEL (widget)))
          && !may_end_early (widget))
        complain (look, widget, "ends early");
    }
  else if (GTK_IS_BUTTON (widget) || GTK_IS_MENU_BUTTON (widget))
    {
      check_size (look, widget);
      check_place (look, widget);
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    look_at (look, child);
}

/* The whole of a window, which is to have no more than @width and @height. */
static void
check (GtkWidget *window, const char *page, int width, int height)
{
  g_autofree char *name = g_strdup_printf ("%s at %d × %d", page, width, height);
  g_autofree char *picture = g_strdup_printf ("pseudo-%s-%d", page, width);
  Look look = { .page = name };

  tn_display_settle (window);
  tn_display_screenshot (window, picture);
  if (gtk_widget_get_width (window) > width)
    complain (&look, window, "is wider than the screen");
  if (gtk_widget_get_height (window) > height)
    complain (&look, window, "is higher than the screen");
  look_at (&look, window);
  g_assert_cmpuint (look.n_labels, >, 3);
}

/* ---- the pages ---- */

static TnWindowFixture *
fixture_new (const char *text, int width, int height)
{
  TnWindowFixture *fixture = tn_window_fixture_new (text);

  gtk_window_set_default_size (GTK_WINDOW (fixture->widget), width, height);
  tn_window_fixture_settle (fixture);
  tn_window_fixture_settle (fixture);
  return fixture;
}

typedef struct
{
  TnWindowFixture *fixture;
  GtkWidget *found;
} Other;

static gboolean
another_is_open (gpointer data)
{
  Other *other = data;
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);

      if (window != other->fixture->widget && gtk_widget_get_mapped (window))
        {
          other->found = window;
          return TRUE;
        }
    }
  return FALSE;
}

static gboolean
none_is_open (gpointer data)
{
  return !another_is_open (data);
}

static void
check_dialog (TnWindowFixture *fixture, const char *action, const char *page, int width, int height)
{
  Other other = { .fixture = fixture };

  g_assert_true (gtk_widget_activate_action (fixture->widget, action, NULL));
  g_assert_true (tn_display_wait (another_is_open, &other));
  tn_display_settle (other.found);
  check (other.found, page, width, height);
  gtk_window_close (GTK_WINDOW (other.found));
  g_assert_true (tn_display_wait (none_is_open, &other));
}

static gboolean
is_shown (GtkWidget *widget, gconstpointer data)
{
  return gtk_widget_get_mapped (widget);
}

static gboolean
popover_is_open (gpointer root)
{
  return tn_window_fixture_find (root, GTK_TYPE_POPOVER, is_shown, NULL) != NULL;
}

static void
check_popover (TnWindowFixture *fixture, const char *key, const char *page, int width, int height)
{
  Look look = { .page = page };
  GtkWidget *popover;

  tn_display_key (key);
  g_assert_true (tn_display_wait (popover_is_open, fixture->widget));
  tn_window_fixture_settle (fixture);
  popover = tn_window_fixture_find (fixture->widget, GTK_TYPE_POPOVER, is_shown, NULL);
  tn_display_screenshot (popover, page);
  look_at (&look, popover);
  g_assert_cmpuint (look.n_labels, >, 0);
  /* What it holds, that is: around it there is a shadow. */
  if (gtk_widget_get_width (gtk_widget_get_first_child (popover)) > width
      || gtk_widget_get_height (gtk_widget_get_first_child (popover)) > height)
    complain (&look, popover, "is larger than the screen");
  tn_display_key ("Escape");
  tn_window_fixture_settle (fixture);
}

static void
test_size (gconstpointer data)
{
  static const char *const pages[] = { "problems", "outline", "run", "values" };
  const int *size = data;
  TnWindowFixture *fixture = fixture_new (NULL, size[0], size[1]);

  /* It speaks that language. */
  g_assert_cmpstr (_ ("Undo"), !=, "Undo");
  check (fixture->widget, "welcome", size[0], size[1]);
  tn_window_fixture_free (fixture);

  fixture = fixture_new (MODEL, size[0], size[1]);
  check (fixture->widget, "nothing-selected", size[0], size[1]);
  tn_window_fixture_click_node (fixture, "dense");
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      gtk_widget_activate_action (fixture->widget, "win.show-page", "s", pages[i]);
      tn_window_fixture_settle (fixture);
      check (fixture->widget, pages[i], size[0], size[1]);
    }
  tn_window_fixture_click_node (fixture, "conv");
  check (fixture->widget, "convolution", size[0], size[1]);
  check_popover (fixture, "<Shift>a", "pseudo-adder", size[0], size[1]);
  check_popover (fixture, "Menu", "pseudo-menu", size[0], size[1]);
  check_popover (fixture, "F10", "pseudo-main-menu", size[0], size[1]);
  check_dialog (fixture, "app.preferences", "preferences", size[0], size[1]);
  check_dialog (fixture, "win.show-help-overlay", "shortcuts", size[0], size[1]);
  check_dialog (fixture, "win.export", "export", size[0], size[1]);
  tn_window_fixture_free (fixture);
}

/* GTK 4.8 complains of labels of its own window of shortcuts, in any language. */
static GLogWriterOutput
write_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer data)
{
  for (gsize i = 0; i < n_fields; i++)
    if (g_str_equal (fields[i].key, "MESSAGE")
        && strstr (fields[i].value, "reported min width -") != NULL)
      return G_LOG_WRITER_HANDLED;
  return g_log_writer_default (level, fields, n_fields, data);
}

int
main (int argc, char **argv)
{
  static const int sizes[][2] = { { 1024, 600 }, { 1366, 768 } };
  const char *folder = g_getenv ("TENON_LOCALEDIR");
  int status;

  if (!tn_display_init (&argc, &argv, &status))
    return status;
  g_log_set_writer_func (write_log, NULL, NULL);
  /* GTK sets up a locale of its own for tests. */
  setlocale (LC_ALL, "C.UTF-8");
  bindtextdomain (GETTEXT_PACKAGE, folder != NULL ? folder : TN_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  g_test_add_data_func ("/pseudo/1024x600", sizes[0], test_size);
  g_test_add_data_func ("/pseudo/1366x768", sizes[1], test_size);
  return g_test_run ();
}
