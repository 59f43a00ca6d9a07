/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands on the paper of an empty document: how to begin, recent files, examples. */
#include "app/tn-welcome.h"

#include "app/tn-examples.h"
#include "app/tn-recent.h"
#include "app/tn-thumbnail.h"
#include "base/tn-i18n.h"

#define MOST_RECENT 5

struct _TnWelcome
{
  AdwBin parent;

  GtkWidget *recent_box;
  GtkListBox *recent;
  GtkFlowBox *examples;
};

enum
{
  SIGNAL_PAPER_CLICKED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (TnWelcome, tn_welcome, ADW_TYPE_BIN)

/* ---- recent files ---- */

static const char *
row_uri (GtkWidget *row)
{
  return g_object_get_data (G_OBJECT (row), "tn-uri");
}

/* The focus goes to what comes into its place. */
static void
forget (TnWelcome *self, GtkWidget *row)
{
  int index = gtk_list_box_row_get_index (GTK_LIST_BOX_ROW (row));
  g_autofree char *uri = g_strdup (row_uri (row));

  gtk_recent_manager_remove_item (gtk_recent_manager_get_default (), uri, NULL);
  gtk_list_box_remove (self->recent, row);

  GtkListBoxRow *next = gtk_list_box_get_row_at_index (self->recent, index);
  if (next == NULL)
    next = gtk_list_box_get_row_at_index (self->recent, index - 1);
  if (next != NULL)
    gtk_widget_grab_focus (GTK_WIDGET (next));
  else
    gtk_widget_child_focus (GTK_WIDGET (self), GTK_DIR_TAB_FORWARD);
  gtk_widget_set_visible (self->recent_box, next != NULL);
}

static void
remove_clicked_cb (GtkWidget *button, TnWelcome *self)
{
  forget (self, gtk_widget_get_ancestor (button, ADW_TYPE_ACTION_ROW));
}

static gboolean
recent_key_cb (TnWelcome *self, guint key, guint code, GdkModifierType state)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = gtk_root_get_focus (root);

  if ((key != GDK_KEY_Delete && key != GDK_KEY_KP_Delete) || !ADW_IS_ACTION_ROW (focus)
      || !gtk_widget_is_ancestor (focus, GTK_WIDGET (self->recent)))
    return GDK_EVENT_PROPAGATE;
  forget (self, focus);
  return GDK_EVENT_STOP;
}

static void
recent_activated_cb (TnWelcome *self, GtkListBoxRow *row)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.open-recent", "s",
                              row_uri (GTK_WIDGET (row)));
}

static GtkWidget *
recent_row (TnWelcome *self, GtkRecentInfo *info)
{
  const char *name = gtk_recent_info_get_display_name (info);
  g_autofree char *folder = tn_recent_folder (info);
  g_autofree char *age = tn_recent_age (info);
  /* Translators: a recent file's folder, and how long ago it was used. */
  g_autofree char *subtitle = g_strdup_printf (_ ("%s · %s"), folder, age);
  g_autofree char *label = g_strdup_printf (_ ("Remove “%s” from the list"), name);
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *button = gtk_button_new_from_icon_name ("window-close-symbolic");

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), name);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 1);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 1);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  g_object_set_data_full (G_OBJECT (row), "tn-uri", g_strdup (gtk_recent_info_get_uri (info)),
                          g_free);
  gtk_widget_set_tooltip_text (row, gtk_recent_info_get_uri_display (info));

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "circular");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  g_signal_connect_object (button, "clicked", G_CALLBACK (remove_clicked_cb), self, 0);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  return row;
}

/* Already as the list has it? Then the focus stays where it is. */
static gboolean
shows (TnWelcome *self, const GPtrArray *files)
{
  for (guint i = 0; i < files->len; i++)
    {
      GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->recent, (int)i);

      if (row == NULL
          || g_strcmp0 (row_uri (GTK_WIDGET (row)), gtk_recent_info_get_uri (files->pdata[i])) != 0)
        return FALSE;
    }
  return gtk_list_box_get_row_at_index (self->recent, (int)files->len) == NULL;
}

static void
update_recent (TnWelcome *self)
{
  g_autoptr (GPtrArray) files = tn_recent_files (MOST_RECENT);
  GtkListBoxRow *row;

  gtk_widget_set_visible (self->recent_box, files->len > 0);
  if (shows (self, files))
    return;
  while ((row = gtk_list_box_get_row_at_index (self->recent, 0)) != NULL)
    gtk_list_box_remove (self->recent, GTK_WIDGET (row));
  for (guint i = 0; i < files->len; i++)
    gtk_list_box_append (self->recent, recent_row (self, files->pdata[i]));
}

/* ---- examples ---- */

static GtkWidget *
line (const char *text, const char *style)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_width_chars (GTK_LABEL (label), 20);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 34);
  gtk_widget_add_css_class (label, style);
  return label;
}

static GtkWidget *
example_card (const TnExample *example)
{
  g_autoptr (TnGraph) graph = tn_example_read (example, NULL);
  GtkWidget *picture = graph != NULL ? tn_thumbnail_new (graph) : NULL;
  GtkWidget *child = gtk_flow_box_child_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  GtkWidget *about = line (_ (example->summary), "caption");

  gtk_widget_add_css_class (child, "card");
  gtk_widget_add_css_class (child, "activatable");
  gtk_widget_add_css_class (child, "tn-example");
  gtk_widget_add_css_class (about, "dim-label");
  if (picture != NULL)
    gtk_box_append (GTK_BOX (box), picture);
  gtk_box_append (GTK_BOX (box), line (_ (example->title), "heading"));
  gtk_box_append (GTK_BOX (box), about);
  gtk_flow_box_child_set_child (GTK_FLOW_BOX_CHILD (child), box);
  gtk_accessible_update_property (GTK_ACCESSIBLE (child), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ (example->title), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  _ (example->summary), -1);
  return child;
}

static void
example_activated_cb (TnWelcome *self, GtkFlowBoxChild *child)
{
  const TnExample *example = tn_examples () + gtk_flow_box_child_get_index (child);

  gtk_widget_activate_action (GTK_WIDGET (self), "win.open-example", "s", example->name);
}

/* ---- the widget ---- */

/* The rest is as good as paper. */
static void
pressed_cb (TnWelcome *self, int n_press, double x, double y)
{
  g_signal_emit (self, signals[SIGNAL_PAPER_CLICKED], 0, n_press);
}

static void
tn_welcome_class_init (TnWelcomeClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  signals[SIGNAL_PAPER_CLICKED] = g_signal_new ("paper-clicked", TN_TYPE_WELCOME, G_SIGNAL_RUN_LAST,
                                                0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/tenonapp/Tenon/ui/tn-welcome.ui");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_bind_template_child (widget_class, TnWelcome, recent_box);
  gtk_widget_class_bind_template_child (widget_class, TnWelcome, recent);
  gtk_widget_class_bind_template_child (widget_class, TnWelcome, examples);
  gtk_widget_class_bind_template_callback (widget_class, recent_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, recent_key_cb);
  gtk_widget_class_bind_template_callback (widget_class, example_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, pressed_cb);
}

static void
tn_welcome_init (TnWelcome *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  for (const TnExample *example = tn_examples (); example->name != NULL; example++)
    gtk_flow_box_append (self->examples, example_card (example));
  g_signal_connect_object (gtk_recent_manager_get_default (), "changed", G_CALLBACK (update_recent),
                           self, G_CONNECT_SWAPPED);
  update_recent (self);
}

GtkListBox *
tn_welcome_recent (TnWelcome *self)
{
  g_return_val_if_fail (TN_IS_WELCOME (self), NULL);
  return self->recent;
}

GtkFlowBox *
tn_welcome_examples (TnWelcome *self)
{
  g_return_val_if_fail (TN_IS_WELCOME (self), NULL);
  return self->examples;
}
