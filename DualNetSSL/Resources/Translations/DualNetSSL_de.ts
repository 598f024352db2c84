<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en_US">
    <context>
        <name>DualNetSSL</name>
        <message>
            <source>DualNetSSL</source>
            <translation>DualNetSSL</translation>
        </message>
        <message>
            <source>Train segmentation on a few labelled and many unlabelled scans with two networks that teach each other, see where they are unsure, correct those regions and train again. Start a server on this computer or connect to one; add scans; label three; train; look at the rest, from one uncertain region to the next. Scans go to that server and nowhere else.</source>
            <translation>Trainieren Sie eine Segmentierung auf wenigen Scans mit Label und vielen ohne, mit zwei Netzen, die einander lehren; sehen Sie, wo sie unsicher sind, korrigieren Sie diese Regionen und trainieren Sie weiter. Starten Sie einen Server auf diesem Computer oder verbinden Sie sich mit einem; fügen Sie Scans hinzu; labeln Sie drei; trainieren Sie; sehen Sie sich die übrigen an, von einer unsicheren Region zur nächsten. Die Scans gehen an diesen Server und nirgendwohin sonst.</translation>
        </message>
        <message>
            <source>&lt;p&gt;The &lt;a href="{tutorial}"&gt;tutorial&lt;/a&gt;; &lt;a href="{panel}"&gt;what every part does&lt;/a&gt;.&lt;/p&gt;</source>
            <translation>&lt;p&gt;Die &lt;a href="{tutorial}"&gt;Anleitung&lt;/a&gt;; &lt;a href="{panel}"&gt;was jeder Teil tut&lt;/a&gt; (englisch).&lt;/p&gt;</translation>
        </message>
        <message>
            <source>Method: Lu, Wu, Kateb and Chaddad: Semi-Supervised Medical Image Segmentation via Dual Networks, ISBI 2025 (&lt;a href="https://arxiv.org/abs/2505.17690"&gt;arXiv:2505.17690&lt;/a&gt;). Research software, not a medical device.</source>
            <translation>Verfahren: Lu, Wu, Kateb und Chaddad: Semi-Supervised Medical Image Segmentation via Dual Networks, ISBI 2025 (&lt;a href="https://arxiv.org/abs/2505.17690"&gt;arXiv:2505.17690&lt;/a&gt;). Forschungssoftware, kein Medizinprodukt.</translation>
        </message>
        <message>
            <source>Not connected yet.</source>
            <translation>Noch nicht verbunden.</translation>
        </message>
        <message>
            <source>1. Server</source>
            <translation>1. Server</translation>
        </message>
        <message>
            <source>2. Data set</source>
            <translation>2. Datensatz</translation>
        </message>
        <message>
            <source>3. Label</source>
            <translation>3. Label</translation>
        </message>
        <message>
            <source>4. Train</source>
            <translation>4. Training</translation>
        </message>
        <message>
            <source>5. Results</source>
            <translation>5. Ergebnisse</translation>
        </message>
        <message>
            <source>6. Review</source>
            <translation>6. Durchsicht</translation>
        </message>
    </context>
    <context>
        <name>common.keys</name>
        <message>
            <source>The keys read {text!r}.</source>
            <translation>Die Tasten lauten {text!r}.</translation>
        </message>
        <message>
            <source>Give {count} different keys with spaces between, for {actions}; as in {example}.</source>
            <translation>Geben Sie {count} verschiedene Tasten mit Leerzeichen dazwischen an, für {actions}; wie in {example}.</translation>
        </message>
        <message>
            <source>{key} is Slicer's own key for {use}; here it is the panel's.</source>
            <translation>{key} ist Slicers eigene Taste für {use}; hier gehört sie dem Panel.</translation>
        </message>
        <message>
            <source>{key} does something else here already: choose another key.</source>
            <translation>{key} tut hier schon etwas anderes: wählen Sie eine andere Taste.</translation>
        </message>
    </context>
    <context>
        <name>common.message</name>
        <message>
            <source>A fault in DualNetSSL stopped this. The Python console tells more.</source>
            <translation>Ein Fehler in DualNetSSL hat dies angehalten. Die Python-Konsole sagt mehr.</translation>
        </message>
    </context>
    <context>
        <name>common.scene</name>
        <message>
            <source>The volume {name} is empty.</source>
            <translation>Das Volumen {name} ist leer.</translation>
        </message>
        <message>
            <source>Choose one that is shown in the slice views.</source>
            <translation>Wählen Sie eines, das in den Schichtansichten zu sehen ist.</translation>
        </message>
        <message>
            <source>An array of shape {shape} [k, j, i] came for a grid of {size} [i, j, k].</source>
            <translation>Ein Feld der Form {shape} [k, j, i] kam für ein Gitter von {size} [i, j, k].</translation>
        </message>
        <message>
            <source>Open the case again; if that does not help, upload it again.</source>
            <translation>Öffnen Sie den Fall noch einmal; hilft das nicht, laden Sie ihn noch einmal hoch.</translation>
        </message>
    </context>
    <context>
        <name>common.slicer_keys</name>
        <message>
            <source>slice views</source>
            <translation>Schichtansichten</translation>
        </message>
        <message>
            <source>the Segment Editor</source>
            <translation>den Segment Editor</translation>
        </message>
        <message>
            <source>the size of the brush</source>
            <translation>die Größe des Pinsels</translation>
        </message>
        <message>
            <source>the effect Draw</source>
            <translation>den Effekt Draw</translation>
        </message>
        <message>
            <source>markups</source>
            <translation>Markups</translation>
        </message>
        <message>
            <source>its menus</source>
            <translation>seine Menüs</translation>
        </message>
    </context>
    <context>
        <name>common.tables</name>
        <message>
            <source>On the server: {name}</source>
            <translation>Auf dem Server: {name}</translation>
        </message>
    </context>
    <context>
        <name>common.words</name>
        <message>
            <source>new</source>
            <translation>neu</translation>
        </message>
        <message>
            <source>predicted</source>
            <translation>vorhergesagt</translation>
        </message>
        <message>
            <source>in review</source>
            <translation>in Durchsicht</translation>
        </message>
        <message>
            <source>labelled</source>
            <translation>gelabelt</translation>
        </message>
        <message>
            <source>verified</source>
            <translation>bestätigt</translation>
        </message>
        <message>
            <source>waiting</source>
            <translation>wartet</translation>
        </message>
        <message>
            <source>waiting at the cluster</source>
            <translation>wartet am Cluster</translation>
        </message>
        <message>
            <source>running</source>
            <translation>läuft</translation>
        </message>
        <message>
            <source>done</source>
            <translation>fertig</translation>
        </message>
        <message>
            <source>failed</source>
            <translation>fehlgeschlagen</translation>
        </message>
        <message>
            <source>stopped</source>
            <translation>angehalten</translation>
        </message>
        <message>
            <source>somebody</source>
            <translation>jemand</translation>
        </message>
        <message>
            <source>annotator</source>
            <translation>Annotator</translation>
        </message>
        <message>
            <source>trainer</source>
            <translation>Trainer</translation>
        </message>
        <message>
            <source>admin</source>
            <translation>Administrator</translation>
        </message>
        <message>
            <source>{count} GB</source>
            <translation>{count} GB</translation>
        </message>
        <message>
            <source>{count} MB</source>
            <translation>{count} MB</translation>
        </message>
        <message>
            <source>{count} kB</source>
            <translation>{count} kB</translation>
        </message>
        <message>
            <source>1 scan</source>
            <translation>1 Scan</translation>
        </message>
        <message>
            <source>{count} scans</source>
            <translation>{count} Scans</translation>
        </message>
        <message>
            <source>{seconds} s</source>
            <translation>{seconds} s</translation>
        </message>
        <message>
            <source>{minutes} min</source>
            <translation>{minutes} min</translation>
        </message>
        <message>
            <source>{hours} h {minutes} min</source>
            <translation>{hours} h {minutes} min</translation>
        </message>
    </context>
    <context>
        <name>dataset.add_scans</name>
        <message>
            <source>{scans} added.</source>
            <translation>{scans} hinzugefügt.</translation>
        </message>
        <message>
            <source>No scan was added.</source>
            <translation>Kein Scan wurde hinzugefügt.</translation>
        </message>
        <message>
            <source>{count} were there already.</source>
            <translation>{count} waren schon da.</translation>
        </message>
        <message>
            <source>Left out: {reasons}</source>
            <translation>Ausgelassen: {reasons}</translation>
        </message>
        <message>
            <source>And {count} more.</source>
            <translation>Und {count} weitere.</translation>
        </message>
        <message>
            <source>Noticed: {notes}</source>
            <translation>Bemerkt: {notes}</translation>
        </message>
        <message>
            <source>Reading {name} ({number} of {total})</source>
            <translation>{name} wird gelesen ({number} von {total})</translation>
        </message>
        <message>
            <source>The volume was removed from the scene.</source>
            <translation>Das Volumen wurde aus der Szene entfernt.</translation>
        </message>
        <message>
            <source>Load it again.</source>
            <translation>Laden Sie es noch einmal.</translation>
        </message>
        <message>
            <source>The volume has several values a voxel.</source>
            <translation>Das Volumen hat mehrere Werte je Voxel.</translation>
        </message>
        <message>
            <source>Choose one channel or time point.</source>
            <translation>Wählen Sie einen Kanal oder Zeitpunkt.</translation>
        </message>
        <message>
            <source>The volume lies under a transform.</source>
            <translation>Auf dem Volumen liegt eine Transformation.</translation>
        </message>
        <message>
            <source>Harden the transform, then add the volume.</source>
            <translation>Härten Sie die Transformation und fügen Sie das Volumen dann hinzu.</translation>
        </message>
        <message>
            <source>Slicer reads {count} volumes from this series.</source>
            <translation>Slicer liest {count} Volumen aus dieser Serie.</translation>
        </message>
        <message>
            <source>Load it in the DICOM module, choose one, and add it as a loaded volume.</source>
            <translation>Laden Sie sie im Modul DICOM, wählen Sie eines aus und fügen Sie es als geladenes Volumen hinzu.</translation>
        </message>
    </context>
    <context>
        <name>dataset.case_table</name>
        <message>
            <source>every state</source>
            <translation>jeder Stand</translation>
        </message>
        <message>
            <source>Case</source>
            <translation>Fall</translation>
        </message>
        <message>
            <source>State</source>
            <translation>Stand</translation>
        </message>
        <message>
            <source>Unsure</source>
            <translation>Unsicher</translation>
        </message>
        <message>
            <source>Dice</source>
            <translation>Dice</translation>
        </message>
        <message>
            <source>Gain</source>
            <translation>Gewinn</translation>
        </message>
        <message>
            <source>By</source>
            <translation>Von</translation>
        </message>
        <message>
            <source>Rev.</source>
            <translation>Rev.</translation>
        </message>
        <message>
            <source>On this computer: {name}</source>
            <translation>Auf diesem Computer: {name}</translation>
        </message>
        <message>
            <source>{scans}: {parts}</source>
            <translation>{scans}: {parts}</translation>
        </message>
        <message>
            <source>What the scan is called on the server; hover over it to see what it is called on this computer.</source>
            <translation>Wie der Scan auf dem Server heißt; fahren Sie mit der Maus darüber, um zu sehen, wie er auf diesem Computer heißt.</translation>
        </message>
        <message>
            <source>new: nothing yet; predicted: no label; in review: a part is verified; labelled: a whole label; verified.</source>
            <translation>neu: noch nichts; vorhergesagt: kein Label; in Durchsicht: ein Teil ist bestätigt; gelabelt: ein ganzes Label; bestätigt.</translation>
        </message>
        <message>
            <source>Mean uncertainty of the whole scan in its newest prediction; Results has that within the organs alone.</source>
            <translation>Mittlere Unsicherheit des ganzen Scans in seiner neuesten Vorhersage; in „Ergebnisse“ steht die allein in den Organen.</translation>
        </message>
        <message>
            <source>Predicted Dice: what the model expects of its own prediction.</source>
            <translation>Vorhergesagter Dice: was das Modell von seiner eigenen Vorhersage erwartet.</translation>
        </message>
        <message>
            <source>ml expected to be wrong that nobody has verified: what a review may gain. Next case goes by this.</source>
            <translation>ml, die vermutlich falsch sind und die niemand bestätigt hat: was eine Durchsicht bringen kann. Danach geht „Nächster Fall“.</translation>
        </message>
        <message>
            <source>Annotator: who made the label.</source>
            <translation>Annotator: wer das Label gemacht hat.</translation>
        </message>
        <message>
            <source>Revision: how often the case was changed; every one is kept.</source>
            <translation>Revision: wie oft der Fall geändert wurde; jede bleibt erhalten.</translation>
        </message>
    </context>
    <context>
        <name>dataset.dicom</name>
        <message>
            <source>{count} images</source>
            <translation>{count} Bilder</translation>
        </message>
        <message>
            <source>Slicer has no open DICOM database. Open the DICOM module once to make one.</source>
            <translation>Slicer hat keine offene DICOM-Datenbank. Öffnen Sie einmal das Modul DICOM, um eine anzulegen.</translation>
        </message>
        <message>
            <source>Slicer's DICOM database is empty. Import the scans in the DICOM module.</source>
            <translation>Die DICOM-Datenbank von Slicer ist leer. Importieren Sie die Scans im Modul DICOM.</translation>
        </message>
    </context>
    <context>
        <name>dataset.label_set</name>
        <message>
            <source>Name</source>
            <translation>Name</translation>
        </message>
        <message>
            <source>Value</source>
            <translation>Wert</translation>
        </message>
        <message>
            <source>Colour</source>
            <translation>Farbe</translation>
        </message>
        <message>
            <source>Terminology</source>
            <translation>Terminologie</translation>
        </message>
        <message>
            <source>label {value}</source>
            <translation>Label {value}</translation>
        </message>
        <message>
            <source>The label with value {value} has no name.</source>
            <translation>Das Label mit dem Wert {value} hat keinen Namen.</translation>
        </message>
        <message>
            <source>Name it.</source>
            <translation>Geben Sie ihm einen Namen.</translation>
        </message>
        <message>
            <source>{name} has the value {value}.</source>
            <translation>{name} hat den Wert {value}.</translation>
        </message>
        <message>
            <source>Use a value from 1 to 254; 0 is the background.</source>
            <translation>Nehmen Sie einen Wert von 1 bis 254; 0 ist der Hintergrund.</translation>
        </message>
        <message>
            <source>{what} is used twice.</source>
            <translation>{what} wird zweimal benutzt.</translation>
        </message>
        <message>
            <source>Each label needs its own.</source>
            <translation>Jedes Label braucht einen eigenen.</translation>
        </message>
        <message>
            <source>Colour of the label in every view.</source>
            <translation>Farbe des Labels in allen Ansichten.</translation>
        </message>
        <message>
            <source>none</source>
            <translation>keine</translation>
        </message>
        <message>
            <source>Code of the anatomy; needed if segmentations are to be exported as DICOM.</source>
            <translation>Code der Anatomie; wird gebraucht, wenn Segmentierungen als DICOM exportiert werden sollen.</translation>
        </message>
    </context>
    <context>
        <name>dataset.outbox_line</name>
        <message>
            <source>Open {case}</source>
            <translation>{case} öffnen</translation>
        </message>
        <message>
            <source>On the way to the server, kept on this computer until it has them: {names}.</source>
            <translation>Unterwegs zum Server, auf diesem Computer aufgehoben, bis er sie hat: {names}.</translation>
        </message>
        <message>
            <source>Your label of {case} is kept, but did not go out: {reason}. Open the case to decide.</source>
            <translation>Ihr Label von {case} ist aufgehoben, ging aber nicht hinaus: {reason}. Öffnen Sie den Fall, um zu entscheiden.</translation>
        </message>
    </context>
    <context>
        <name>dataset.picker</name>
        <message>
            <source>no label</source>
            <translation>kein Label</translation>
        </message>
        <message>
            <source>{files}, label: {label}, {size} voxels of {spacing} mm</source>
            <translation>{files}, Label: {label}, {size} Voxel zu {spacing} mm</translation>
        </message>
    </context>
    <context>
        <name>dataset.section</name>
        <message>
            <source>Folder of scans</source>
            <translation>Ordner mit Scans</translation>
        </message>
        <message>
            <source>Left aside: {reasons}</source>
            <translation>Nicht verwendet: {reasons}</translation>
        </message>
        <message>
            <source>Scans to add, with their labels:</source>
            <translation>Scans, die hinzukommen, mit ihren Labels:</translation>
        </message>
        <message>
            <source>No volume is loaded in Slicer.</source>
            <translation>In Slicer ist kein Volumen geladen.</translation>
        </message>
        <message>
            <source>Load one, or add a folder.</source>
            <translation>Laden Sie eines, oder fügen Sie einen Ordner hinzu.</translation>
        </message>
        <message>
            <source>Loaded volumes to add:</source>
            <translation>Geladene Volumen, die hinzugefügt werden sollen:</translation>
        </message>
        <message>
            <source>No series of the DICOM database holds a volume.</source>
            <translation>Keine Serie der DICOM-Datenbank enthält ein Volumen.</translation>
        </message>
        <message>
            <source>Import CT or MR scans.</source>
            <translation>Importieren Sie CT- oder MR-Scans.</translation>
        </message>
        <message>
            <source>Series to add. Names of patients stay here.</source>
            <translation>Serien, die hinzugefügt werden sollen. Namen von Patienten bleiben hier.</translation>
        </message>
        <message>
            <source>Stopped. What has arrived stays; adding the same again goes on from there.</source>
            <translation>Angehalten. Was angekommen ist, bleibt; noch einmal dasselbe hinzuzufügen macht dort weiter.</translation>
        </message>
        <message>
            <source>No data set is open.</source>
            <translation>Es ist kein Datensatz offen.</translation>
        </message>
        <message>
            <source>Choose one or make a new one.</source>
            <translation>Wählen Sie einen, oder legen Sie einen neuen an.</translation>
        </message>
        <message>
            <source>Add series of Slicer's DICOM database. Names of patients stay here.</source>
            <translation>Serien aus Slicers DICOM-Datenbank hinzufügen. Namen von Patienten bleiben hier.</translation>
        </message>
        <message>
            <source>First start or connect to a server, above.</source>
            <translation>Starten Sie zuerst oben einen Server oder verbinden Sie sich mit einem.</translation>
        </message>
        <message>
            <source>Tick above that scans may be sent to this server.</source>
            <translation>Kreuzen Sie oben an, dass Scans an diesen Server gesendet werden dürfen.</translation>
        </message>
        <message>
            <source>Make a data set: what it is called and what is to be segmented. Or try it with sample scans.</source>
            <translation>Legen Sie einen Datensatz an: wie er heißt und was segmentiert werden soll. Oder probieren Sie es mit Beispiel-Scans.</translation>
        </message>
        <message>
            <source>Add scans: a folder, volumes that are loaded in Slicer, or series of its DICOM database.</source>
            <translation>Fügen Sie Scans hinzu: einen Ordner, in Slicer geladene Volumen oder Serien aus seiner DICOM-Datenbank.</translation>
        </message>
    </context>
    <context>
        <name>desk.case</name>
        <message>
            <source>{case} or its label was removed from the scene. What was painted is kept: open it to go on.</source>
            <translation>{case} oder sein Label wurde aus der Szene entfernt. Was gemalt war, ist aufgehoben: Öffnen Sie den Fall, um weiterzumachen.</translation>
        </message>
    </context>
    <context>
        <name>desk.case_nodes</name>
        <message>
            <source>{name} is damaged.</source>
            <translation>{name} ist beschädigt.</translation>
        </message>
        <message>
            <source>Open the case again; it is fetched anew.</source>
            <translation>Öffnen Sie den Fall noch einmal; er wird neu geholt.</translation>
        </message>
        <message>
            <source>model {number}</source>
            <translation>Modell {number}</translation>
        </message>
        <message>
            <source>an earlier model</source>
            <translation>ein früheres Modell</translation>
        </message>
        <message>
            <source>label (in review)</source>
            <translation>Label (in Durchsicht)</translation>
        </message>
        <message>
            <source>verified</source>
            <translation>bestätigt</translation>
        </message>
        <message>
            <source>prediction, {model}</source>
            <translation>Vorhersage, {model}</translation>
        </message>
        <message>
            <source>{case}, channel {number}</source>
            <translation>{case}, Kanal {number}</translation>
        </message>
    </context>
    <context>
        <name>desk.join_labels</name>
        <message>
            <source>Putting both labels of {case} together…</source>
            <translation>Beide Labels von {case} werden vereint…</translation>
        </message>
        <message>
            <source>Revision {revision} of {case} came in between: open the case again, your label is kept.</source>
            <translation>Revision {revision} von {case} kam dazwischen: Öffnen Sie den Fall noch einmal, Ihr Label ist aufgehoben.</translation>
        </message>
        <message>
            <source>You painted meanwhile: press Put both together again.</source>
            <translation>Sie haben inzwischen gemalt: Drücken Sie noch einmal „Beide vereinen“.</translation>
        </message>
        <message>
            <source>somebody else</source>
            <translation>jemand anderes</translation>
        </message>
        <message>
            <source>Both labels are one: {mine} voxels verified by you, {theirs} by {who}. Submit sends them.</source>
            <translation>Beide Labels sind eins: {mine} Voxel haben Sie bestätigt, {theirs} hat {who} bestätigt. „Absenden“ schickt sie ab.</translation>
        </message>
        <message>
            <source>Both labels are one, but {count} voxels are labelled otherwise by {who}: the first rows of Review. Accept keeps yours there, Restore takes theirs.</source>
            <translation>Beide Labels sind eins, aber {count} Voxel hat {who} anders gelabelt: die ersten Zeilen der Durchsicht. „Annehmen“ behält dort Ihres, „Zurücksetzen“ nimmt das andere.</translation>
        </message>
    </context>
    <context>
        <name>desk.labelmap</name>
        <message>
            <source>{label} is moved by the transform {transform}.</source>
            <translation>{label} wird von der Transformation {transform} verschoben.</translation>
        </message>
        <message>
            <source>Take the transform off it in the Data module: labels belong on the scan as it was uploaded.</source>
            <translation>Nehmen Sie die Transformation im Modul Data weg: Labels gehören auf den Scan, wie er hochgeladen wurde.</translation>
        </message>
        <message>
            <source>The segment {name!r} is no class of this data set.</source>
            <translation>Das Segment {name!r} ist keine Klasse dieses Datensatzes.</translation>
        </message>
        <message>
            <source>Move its voxels to one of {names} (effect Logical operators) or remove it.</source>
            <translation>Verschieben Sie seine Voxel nach einem von {names} (Effekt Logical operators), oder entfernen Sie es.</translation>
        </message>
    </context>
    <context>
        <name>desk.opening</name>
        <message>
            <source>Opening {case}…</source>
            <translation>{case} wird geöffnet…</translation>
        </message>
        <message>
            <source>Opening {case}: {done}</source>
            <translation>{case} wird geöffnet: {done}</translation>
        </message>
        <message>
            <source>{sofar} of {total}</source>
            <translation>{sofar} von {total}</translation>
        </message>
        <message>
            <source>Every other scan of this data set is verified.</source>
            <translation>Jeder andere Scan dieses Datensatzes ist bestätigt.</translation>
        </message>
    </context>
    <context>
        <name>desk.section</name>
        <message>
            <source>the whole scan</source>
            <translation>den ganzen Scan</translation>
        </message>
        <message>
            <source>only what I change or changed before</source>
            <translation>nur was ich ändere oder früher geändert habe</translation>
        </message>
        <message>
            <source>Open a data set first.</source>
            <translation>Öffnen Sie zuerst einen Datensatz.</translation>
        </message>
        <message>
            <source>Add scans to the data set; then paint a few of them here.</source>
            <translation>Fügen Sie dem Datensatz Scans hinzu; dann malen Sie hier ein paar davon aus.</translation>
        </message>
        <message>
            <source>Double-click a case above, or press Next case. Three labelled scans are enough to begin with, or slices of eight.</source>
            <translation>Doppelklicken Sie oben auf einen Fall, oder drücken Sie „Nächster Fall“. Drei gelabelte Scans genügen für den Anfang, oder Schichten von acht.</translation>
        </message>
        <message>
            <source>label by {annotator}</source>
            <translation>Label von {annotator}</translation>
        </message>
        <message>
            <source>prediction of {model}</source>
            <translation>Vorhersage von {model}</translation>
        </message>
        <message>
            <source>not submitted yet</source>
            <translation>noch nicht abgesandt</translation>
        </message>
    </context>
    <context>
        <name>desk.server_drafts</name>
        <message>
            <source>{who} has gone on with {case} at another computer. What you do here is kept on this computer.</source>
            <translation>{who} hat {case} an einem anderen Computer weiterbearbeitet. Was Sie hier tun, bleibt auf diesem Computer.</translation>
        </message>
    </context>
    <context>
        <name>desk.submit_label</name>
        <message>
            <source>Checking the label of {case}…</source>
            <translation>Das Label von {case} wird geprüft…</translation>
        </message>
        <message>
            <source>Submitting {case}…</source>
            <translation>{case} wird abgesandt…</translation>
        </message>
        <message>
            <source>{case} is on the server as revision {revision}.</source>
            <translation>{case} ist als Revision {revision} auf dem Server.</translation>
        </message>
        <message>
            <source>{error} Open the case again to see your label and go on.</source>
            <translation>{error} Öffnen Sie den Fall noch einmal, um Ihr Label zu sehen und weiterzumachen.</translation>
        </message>
        <message>
            <source>{error} The label of {case} is kept here, and sent as soon as the server takes it.</source>
            <translation>{error} Das Label von {case} ist hier aufgehoben und wird gesendet, sobald der Server es annimmt.</translation>
        </message>
        <message>
            <source>{cause} The label of {case} is kept and sent as soon as the server is back.</source>
            <translation>{cause} Das Label von {case} ist aufgehoben und wird gesendet, sobald der Server wieder da ist.</translation>
        </message>
        <message>
            <source>{count} voxels are painted outside the bounds of the organ, where all is verified as background. Erase them, or set the bounds further out, then submit.</source>
            <translation>{count} Voxel sind außerhalb der Grenzen des Organs gemalt, wo alles als Hintergrund bestätigt ist. Löschen Sie sie, oder setzen Sie die Grenzen weiter außen, dann senden Sie ab.</translation>
        </message>
        <message>
            <source>Nothing was changed, so nothing counts as verified. Paint, or vouch for the whole scan.</source>
            <translation>Nichts wurde geändert, also zählt nichts als bestätigt. Malen Sie, oder bürgen Sie für den ganzen Scan.</translation>
        </message>
        <message>
            <source>No voxel is labelled. Submit again if this scan really holds none of the classes.</source>
            <translation>Kein Voxel ist gelabelt. Senden Sie noch einmal ab, wenn dieser Scan wirklich keine der Klassen enthält.</translation>
        </message>
        <message>
            <source>{count} voxels are labelled otherwise by somebody else, and nobody has decided: the first rows of Review. Submit again to leave them as not verified.</source>
            <translation>{count} Voxel hat jemand anderes anders gelabelt, und niemand hat entschieden: die ersten Zeilen der Durchsicht. Senden Sie noch einmal ab, um sie unbestätigt zu lassen.</translation>
        </message>
        <message>
            <source>{case} is on its way to the server.</source>
            <translation>{case} ist unterwegs zum Server.</translation>
        </message>
        <message>
            <source>{count} voxels lay in two segments: the class further down the list got them.</source>
            <translation>{count} Voxel lagen in zwei Segmenten: Die Klasse, die weiter unten in der Liste steht, hat sie bekommen.</translation>
        </message>
    </context>
    <context>
        <name>desk.unsent_work</name>
        <message>
            <source>Your label of {case} is still on its way to the server.</source>
            <translation>Ihr Label von {case} ist noch unterwegs zum Server.</translation>
        </message>
        <message>
            <source>Your edits of {case} from another computer are here, not submitted yet.</source>
            <translation>Ihre Änderungen an {case} von einem anderen Computer sind hier, noch nicht abgesandt.</translation>
        </message>
        <message>
            <source>Your edits of {case}, not submitted yet, are back.</source>
            <translation>Ihre Änderungen an {case}, noch nicht abgesandt, sind wieder da.</translation>
        </message>
        <message>
            <source>{who} submitted revision {revision} of {case} since you began. Your label is shown. Put both together keeps what either of you verified; Submit makes yours the next revision, Set aside shows theirs.</source>
            <translation>{who} hat Revision {revision} von {case} abgesandt, seit Sie begonnen haben. Ihr Label wird gezeigt. „Beide vereinen“ behält, was einer von Ihnen bestätigt hat; „Absenden“ macht Ihres zur nächsten Revision, „Beiseitelegen“ zeigt das andere.</translation>
        </message>
        <message>
            <source>Somebody</source>
            <translation>Jemand</translation>
        </message>
    </context>
    <context>
        <name>overlay.label_choice</name>
        <message>
            <source>all labels</source>
            <translation>alle Labels</translation>
        </message>
    </context>
    <context>
        <name>overlay.section</name>
        <message>
            <source>uncertainty</source>
            <translation>Unsicherheit</translation>
        </message>
        <message>
            <source>disagreement of the networks</source>
            <translation>Widerspruch der Netze</translation>
        </message>
        <message>
            <source>0 certain → 1 unsure</source>
            <translation>0 sicher → 1 unsicher</translation>
        </message>
        <message>
            <source>0: no doubt here.</source>
            <translation>0: hier kein Zweifel.</translation>
        </message>
    </context>
    <context>
        <name>overlay.surfaces</name>
        <message>
            <source>prediction with map</source>
            <translation>Vorhersage mit Karte</translation>
        </message>
    </context>
    <context>
        <name>overlay.words</name>
        <message>
            <source>uncertainty</source>
            <translation>Unsicherheit</translation>
        </message>
        <message>
            <source>disagreement</source>
            <translation>Widerspruch</translation>
        </message>
        <message>
            <source>0 certain, 1 unsure</source>
            <translation>0 sicher, 1 unsicher</translation>
        </message>
        <message>
            <source>Not calibrated: how often this model errs where it is unsure was not measured.</source>
            <translation>Nicht kalibriert: Wie oft dieses Modell irrt, wo es unsicher ist, wurde nicht gemessen.</translation>
        </message>
        <message>
            <source>{value:.2f}: too few voxels had this value to say how many were wrong.</source>
            <translation>{value:.2f}: Zu wenige Voxel hatten diesen Wert, um zu sagen, wie viele falsch waren.</translation>
        </message>
        <message>
            <source>{value:.2f}: {share} of such voxels were wrong on validation scans.</source>
            <translation>{value:.2f}: {share} solcher Voxel waren auf Validierungs-Scans falsch.</translation>
        </message>
        <message>
            <source>{value:.2f}: {share} of such voxels were wrong on scans the model learnt from; expect more.</source>
            <translation>{value:.2f}: {share} solcher Voxel waren falsch, auf Scans, aus denen das Modell gelernt hat; rechnen Sie mit mehr.</translation>
        </message>
        <message>
            <source>less than 1 %</source>
            <translation>weniger als 1 %</translation>
        </message>
        <message>
            <source>about {percent:.0f} %</source>
            <translation>etwa {percent:.0f} %</translation>
        </message>
    </context>
    <context>
        <name>panel.panel</name>
        <message>
            <source>this computer</source>
            <translation>dieser Computer</translation>
        </message>
        <message>
            <source>{name}, {scans}</source>
            <translation>{name}, {scans}</translation>
        </message>
    </context>
    <context>
        <name>rail.section</name>
        <message>
            <source>Open the section for this, and what is to be worked on.</source>
            <translation>Öffnet den Abschnitt dafür und das, woran zu arbeiten ist.</translation>
        </message>
        <message>
            <source>Next: start a server</source>
            <translation>Weiter: einen Server starten</translation>
        </message>
        <message>
            <source>Next: allow scans to be sent</source>
            <translation>Weiter: erlauben, dass Scans gesendet werden</translation>
        </message>
        <message>
            <source>Next: open or make a data set</source>
            <translation>Weiter: einen Datensatz öffnen oder anlegen</translation>
        </message>
        <message>
            <source>Next: add scans</source>
            <translation>Weiter: Scans hinzufügen</translation>
        </message>
        <message>
            <source>Next: label a scan ({count} of {wanted})</source>
            <translation>Weiter: einen Scan labeln ({count} von {wanted})</translation>
        </message>
        <message>
            <source>Next: submit what you labelled</source>
            <translation>Weiter: absenden, was Sie gelabelt haben</translation>
        </message>
        <message>
            <source>Next: train</source>
            <translation>Weiter: trainieren</translation>
        </message>
        <message>
            <source>Waiting for the training; label another scan meanwhile</source>
            <translation>Das Training läuft; labeln Sie inzwischen einen weiteren Scan</translation>
        </message>
        <message>
            <source>Waiting for the predictions of all scans</source>
            <translation>Die Vorhersagen aller Scans kommen noch</translation>
        </message>
        <message>
            <source>Next: review uncertain regions</source>
            <translation>Weiter: unsichere Regionen durchsehen</translation>
        </message>
        <message>
            <source>Next: correct slices of another scan</source>
            <translation>Weiter: Schichten eines anderen Scans korrigieren</translation>
        </message>
        <message>
            <source>Next: label one more scan</source>
            <translation>Weiter: noch einen Scan labeln</translation>
        </message>
        <message>
            <source>Next: train again ({count} scans labelled since)</source>
            <translation>Weiter: weiter trainieren ({count} Scans seither gelabelt)</translation>
        </message>
        <message>
            <source>A few slices of eight scans teach nearly as much as four whole scans.</source>
            <translation>Wenige Schichten von acht Scans lehren fast so viel wie vier ganze Scans.</translation>
        </message>
        <message>
            <source>A box in each of thirteen scans teaches nearly as much as four whole scans.</source>
            <translation>Eine Box in jedem von dreizehn Scans lehrt fast so viel wie vier ganze Scans.</translation>
        </message>
        <message>
            <source>This model knows too little for a walk: label one more scan, or train longer.</source>
            <translation>Dieses Modell weiß zu wenig für einen Gang durch seine Regionen: Labeln Sie noch einen Scan, oder trainieren Sie länger.</translation>
        </message>
        <message>
            <source>You can train earlier in the section Train.</source>
            <translation>Im Abschnitt „Training“ können Sie auch früher trainieren.</translation>
        </message>
    </context>
    <context>
        <name>rail.tour</name>
        <message>
            <source>The tour is over. What it has begun goes on; the button above leads on.</source>
            <translation>Die Führung ist zu Ende. Was sie begonnen hat, läuft weiter; der Knopf darüber führt weiter.</translation>
        </message>
        <message>
            <source>The tour ends here; the button above leads on.</source>
            <translation>Die Führung endet hier; der Knopf darüber führt weiter.</translation>
        </message>
        <message>
            <source>The tour waits for you: something went wrong, and is said below.</source>
            <translation>Die Führung wartet auf Sie: Etwas ging schief, unten steht was.</translation>
        </message>
        <message>
            <source>The tour ends here: this data set needs labels first.</source>
            <translation>Die Führung endet hier: Dieser Datensatz braucht zuerst Labels.</translation>
        </message>
        <message>
            <source>The tour ends here: nothing is worth a look in this scan. The section below says why.</source>
            <translation>Die Führung endet hier: In diesem Scan lohnt sich kein Blick. Der Abschnitt unten sagt, warum.</translation>
        </message>
        <message>
            <source>The first uncertain region. Is the thin line, the label, right inside the light one? D accepts it; J and K show what either network says, the same key again takes that.</source>
            <translation>Die erste unsichere Region. Stimmt die dünne Linie, das Label, innerhalb der hellen? D nimmt es an; J und K zeigen, was jedes der Netze sagt, dieselbe Taste noch einmal übernimmt das.</translation>
        </message>
        <message>
            <source>Stop the tour</source>
            <translation>Führung beenden</translation>
        </message>
        <message>
            <source>Show me: sample scans, a first model, one region</source>
            <translation>Zeig es mir: Beispielscans, ein erstes Modell, eine Region</translation>
        </message>
        <message>
            <source>Tour, 1 of 5: a server starts on this computer. The first time that takes some minutes.</source>
            <translation>Führung, 1 von 5: Auf diesem Computer startet ein Server. Das erste Mal dauert das einige Minuten.</translation>
        </message>
        <message>
            <source>Tour, 2 of 5: sample scans are made, three of them with a label.</source>
            <translation>Führung, 2 von 5: Beispielscans werden erzeugt, drei davon mit Label.</translation>
        </message>
        <message>
            <source>Tour, 3 of 5: the first model is trained. That takes some minutes.</source>
            <translation>Führung, 3 von 5: Das erste Modell wird trainiert. Das dauert einige Minuten.</translation>
        </message>
        <message>
            <source>Tour, 3 of 5: the first model is trained. That takes some minutes. In the views: one of the scans that it learns from, with its label.</source>
            <translation>Führung, 3 von 5: Das erste Modell wird trainiert. Das dauert einige Minuten. In den Ansichten: einer der Scans, aus denen es lernt, mit seinem Label.</translation>
        </message>
        <message>
            <source>Tour, 4 of 5: the model segments every scan.</source>
            <translation>Führung, 4 von 5: Das Modell segmentiert jeden Scan.</translation>
        </message>
        <message>
            <source>Tour, 5 of 5: a scan opens at the place that is worth a look most.</source>
            <translation>Führung, 5 von 5: Ein Scan öffnet sich an der Stelle, an der sich ein Blick am meisten lohnt.</translation>
        </message>
    </context>
    <context>
        <name>results.changes</name>
        <message>
            <source>label gained</source>
            <translation>Label gewonnen</translation>
        </message>
        <message>
            <source>label lost</source>
            <translation>Label verloren</translation>
        </message>
        <message>
            <source>another label</source>
            <translation>anderes Label</translation>
        </message>
        <message>
            <source>unchanged</source>
            <translation>unverändert</translation>
        </message>
    </context>
    <context>
        <name>results.comparison</name>
        <message>
            <source>Two different models are needed.</source>
            <translation>Es braucht zwei verschiedene Modelle.</translation>
        </message>
        <message>
            <source>Choose another one on either side.</source>
            <translation>Wählen Sie auf einer der beiden Seiten ein anderes.</translation>
        </message>
        <message>
            <source>changes, {before} → {after}</source>
            <translation>Änderungen, {before} → {after}</translation>
        </message>
        <message>
            <source>Stop</source>
            <translation>Anhalten</translation>
        </message>
        <message>
            <source>Compare</source>
            <translation>Vergleichen</translation>
        </message>
        <message>
            <source>compared %v of %m</source>
            <translation>%v von %m verglichen</translation>
        </message>
    </context>
    <context>
        <name>results.comparison_table</name>
        <message>
            <source>{name}, ml</source>
            <translation>{name}, ml</translation>
        </message>
        <message>
            <source>Volume after less volume before.</source>
            <translation>Volumen nachher minus Volumen vorher.</translation>
        </message>
        <message>
            <source>Case</source>
            <translation>Fall</translation>
        </message>
        <message>
            <source>Verified</source>
            <translation>Bestätigt</translation>
        </message>
        <message>
            <source>Dice</source>
            <translation>Dice</translation>
        </message>
        <message>
            <source>→ Dice</source>
            <translation>→ Dice</translation>
        </message>
        <message>
            <source>Regions</source>
            <translation>Regionen</translation>
        </message>
        <message>
            <source>→ Reg.</source>
            <translation>→ Reg.</translation>
        </message>
        <message>
            <source>Changed, ml</source>
            <translation>Geändert, ml</translation>
        </message>
        <message>
            <source>Double-click to open.</source>
            <translation>Doppelklick öffnet ihn.</translation>
        </message>
        <message>
            <source>Whether a model has learnt from this scan's label, itself or through a model that it began from.</source>
            <translation>Ob ein Modell aus dem Label dieses Scans gelernt hat, selbst oder durch ein Modell, von dem es ausging.</translation>
        </message>
        <message>
            <source>Overlap with the verified voxels before, mean over the labels.</source>
            <translation>Übereinstimmung mit den bestätigten Voxeln vorher, Mittel über die Labels.</translation>
        </message>
        <message>
            <source>Overlap with the verified voxels after, mean over the labels.</source>
            <translation>Übereinstimmung mit den bestätigten Voxeln nachher, Mittel über die Labels.</translation>
        </message>
        <message>
            <source>Uncertain regions before, in what nobody has verified.</source>
            <translation>Unsichere Regionen vorher, in dem, was niemand bestätigt hat.</translation>
        </message>
        <message>
            <source>Uncertain regions after, in what nobody has verified.</source>
            <translation>Unsichere Regionen nachher, in dem, was niemand bestätigt hat.</translation>
        </message>
        <message>
            <source>Volume whose label changed.</source>
            <translation>Volumen, dessen Label sich geändert hat.</translation>
        </message>
    </context>
    <context>
        <name>results.comparison_words</name>
        <message>
            <source>new to both</source>
            <translation>beiden neu</translation>
        </message>
        <message>
            <source>learnt by both</source>
            <translation>von beiden gelernt</translation>
        </message>
        <message>
            <source>learnt by {model}</source>
            <translation>von {model} gelernt</translation>
        </message>
        <message>
            <source>{before} → {after}</source>
            <translation>{before} → {after}</translation>
        </message>
        <message>
            <source>Left out, as one of the two has not predicted them: {scans}.</source>
            <translation>Ausgelassen, da eines der beiden sie nicht vorhergesagt hat: {scans}.</translation>
        </message>
        <message>
            <source>Nothing is verified yet that Dice could be measured on.</source>
            <translation>Noch ist nichts bestätigt, woran Dice gemessen werden könnte.</translation>
        </message>
        <message>
            <source>Dice {before} before, {after} after</source>
            <translation>Dice {before} vorher, {after} nachher</translation>
        </message>
        <message>
            <source>On the verified voxels of {scans} that neither model has learnt from: {figures}.</source>
            <translation>Auf den bestätigten Voxeln von {scans}, aus denen keines der Modelle gelernt hat: {figures}.</translation>
        </message>
        <message>
            <source>On the verified voxels of {scans} ({who}): {figures}. This shows what was taken in, not how new scans fare: verify a scan after training to see that.</source>
            <translation>Auf den bestätigten Voxeln von {scans} ({who}): {figures}. Das zeigt, was aufgenommen wurde, nicht wie es neuen Scans ergeht: Bestätigen Sie nach dem Training einen Scan, um das zu sehen.</translation>
        </message>
        <message>
            <source>{model} learnt from {count}</source>
            <translation>{model} hat aus {count} gelernt</translation>
        </message>
        <message>
            <source>Uncertain regions (above {threshold}) not verified yet: {before} before, {after} after.</source>
            <translation>Unsichere Regionen (über {threshold}), noch nicht bestätigt: {before} vorher, {after} nachher.</translation>
        </message>
        <message>
            <source>{volume} ml changed their label, in {count} of {all}.</source>
            <translation>{volume} ml haben ihr Label geändert, in {count} von {all}.</translation>
        </message>
    </context>
    <context>
        <name>results.dicom_map</name>
        <message>
            <source>Needs Slicer 5.12 or later, or the extension Quantitative Reporting.</source>
            <translation>Braucht Slicer 5.12 oder später, oder die Erweiterung Quantitative Reporting.</translation>
        </message>
        <message>
            <source>Open the scan whose uncertainty is to be saved as DICOM.</source>
            <translation>Öffnen Sie den Scan, dessen Unsicherheit als DICOM gespeichert werden soll.</translation>
        </message>
        <message>
            <source>The open scan has no prediction yet.</source>
            <translation>Der offene Scan hat noch keine Vorhersage.</translation>
        </message>
        <message>
            <source>Load the open scan from Slicer's DICOM database too: the file points to the images there.</source>
            <translation>Laden Sie den offenen Scan auch aus Slicers DICOM-Datenbank: Die Datei verweist auf die Bilder dort.</translation>
        </message>
        <message>
            <source>Or choose another format.</source>
            <translation>Oder wählen Sie ein anderes Format.</translation>
        </message>
        <message>
            <source>The uncertainty could not be saved as DICOM: {problem}</source>
            <translation>Die Unsicherheit konnte nicht als DICOM gespeichert werden: {problem}</translation>
        </message>
        <message>
            <source>no file was made.</source>
            <translation>es entstand keine Datei.</translation>
        </message>
        <message>
            <source>See Slicer's error log.</source>
            <translation>Siehe das Fehlerprotokoll von Slicer.</translation>
        </message>
    </context>
    <context>
        <name>results.dicom_reference</name>
        <message>
            <source>The scan's images are not in Slicer's DICOM database any more.</source>
            <translation>Die Bilder des Scans sind nicht mehr in Slicers DICOM-Datenbank.</translation>
        </message>
        <message>
            <source>Import the series into Slicer's DICOM database again, and load it.</source>
            <translation>Importieren Sie die Serie noch einmal in Slicers DICOM-Datenbank, und laden Sie sie.</translation>
        </message>
    </context>
    <context>
        <name>results.dicom_seg</name>
        <message>
            <source>Needs Slicer 5.12 or later, or the extension Quantitative Reporting.</source>
            <translation>Braucht Slicer 5.12 oder später, oder die Erweiterung Quantitative Reporting.</translation>
        </message>
        <message>
            <source>Open the scan whose label is to be saved as DICOM SEG.</source>
            <translation>Öffnen Sie den Scan, dessen Label als DICOM SEG gespeichert werden soll.</translation>
        </message>
        <message>
            <source>The open scan has no submitted label yet.</source>
            <translation>Der offene Scan hat noch kein abgesandtes Label.</translation>
        </message>
        <message>
            <source>Load the open scan from Slicer's DICOM database too: the file points to the images there.</source>
            <translation>Laden Sie den offenen Scan auch aus Slicers DICOM-Datenbank: Die Datei verweist auf die Bilder dort.</translation>
        </message>
        <message>
            <source>Or choose another format.</source>
            <translation>Oder wählen Sie ein anderes Format.</translation>
        </message>
        <message>
            <source>The label of the open scan is empty.</source>
            <translation>Das Label des offenen Scans ist leer.</translation>
        </message>
        <message>
            <source>DICOM SEG cannot hold an empty label.</source>
            <translation>DICOM SEG kann kein leeres Label enthalten.</translation>
        </message>
        <message>
            <source>{case} label</source>
            <translation>{case}, Label</translation>
        </message>
        <message>
            <source>Slicer's DICOM SEG export failed: {problem}</source>
            <translation>Slicers Export als DICOM SEG ist fehlgeschlagen: {problem}</translation>
        </message>
        <message>
            <source>See Slicer's error log.</source>
            <translation>Siehe das Fehlerprotokoll von Slicer.</translation>
        </message>
        <message>
            <source>the scan's images are not in Slicer's DICOM database any more.</source>
            <translation>die Bilder des Scans sind nicht mehr in Slicers DICOM-Datenbank.</translation>
        </message>
    </context>
    <context>
        <name>results.export</name>
        <message>
            <source>all scans</source>
            <translation>alle Scans</translation>
        </message>
        <message>
            <source>the open scan</source>
            <translation>der offene Scan</translation>
        </message>
        <message>
            <source>chosen scans</source>
            <translation>ausgewählte Scans</translation>
        </message>
        <message>
            <source>Stopped. What was complete by then was kept.</source>
            <translation>Angehalten. Was bis dahin vollständig war, blieb erhalten.</translation>
        </message>
        <message>
            <source>No data set is open.</source>
            <translation>Es ist kein Datensatz offen.</translation>
        </message>
        <message>
            <source>Choose one above.</source>
            <translation>Wählen Sie oben einen.</translation>
        </message>
        <message>
            <source>Folder for the labels</source>
            <translation>Ordner für die Labels</translation>
        </message>
        <message>
            <source>The open scan's label is there as DICOM SEG as well.</source>
            <translation>Das Label des offenen Scans liegt dort auch als DICOM SEG.</translation>
        </message>
        <message>
            <source>The open scan's uncertainty is there as DICOM as well: {name}.</source>
            <translation>Die Unsicherheit des offenen Scans liegt dort auch als DICOM: {name}.</translation>
        </message>
        <message>
            <source>Save the open scan's label with Slicer's own DICOM SEG export.</source>
            <translation>Das Label des offenen Scans mit Slicers eigenem Export als DICOM SEG speichern.</translation>
        </message>
        <message>
            <source>Save the open scan's uncertainty as a DICOM Parametric Map that points to the scan's own images.</source>
            <translation>Die Unsicherheit des offenen Scans als DICOM Parametric Map speichern, die auf die Bilder des Scans verweist.</translation>
        </message>
        <message>
            <source>Stop</source>
            <translation>Anhalten</translation>
        </message>
        <message>
            <source>Export…</source>
            <translation>Exportieren…</translation>
        </message>
        <message>
            <source>saved %v of %m</source>
            <translation>%v von %m gespeichert</translation>
        </message>
        <message>
            <source>Saved the labels of {scans} and labels.csv in {folder}.</source>
            <translation>Die Labels von {scans} und labels.csv sind in {folder} gespeichert.</translation>
        </message>
        <message>
            <source>Not fully verified, and left out: {scans}.</source>
            <translation>Nicht ganz bestätigt und ausgelassen: {scans}.</translation>
        </message>
    </context>
    <context>
        <name>results.knowing</name>
        <message>
            <source>Model</source>
            <translation>Modell</translation>
        </message>
        <message>
            <source>Taught by</source>
            <translation>Gelehrt von</translation>
        </message>
        <message>
            <source>Tested by</source>
            <translation>Geprüft von</translation>
        </message>
        <message>
            <source>Dice, mean and range</source>
            <translation>Dice, Mittel und Spanne</translation>
        </message>
        <message>
            <source>Stop</source>
            <translation>Anhalten</translation>
        </message>
        <message>
            <source>Measure</source>
            <translation>Messen</translation>
        </message>
        <message>
            <source>tested with %v of %m scans</source>
            <translation>mit %v von %m Scans geprüft</translation>
        </message>
        <message>
            <source>Numbered in the order of their making.</source>
            <translation>Gezählt in der Reihenfolge ihrer Entstehung.</translation>
        </message>
        <message>
            <source>Labelled scans that it learned from, or the models that it began with.</source>
            <translation>Gelabelte Scans, aus denen es selbst gelernt hat, oder die Modelle, von denen es ausging.</translation>
        </message>
        <message>
            <source>Scans whose label came after it, before they taught another model.</source>
            <translation>Scans, deren Label nach ihm kam, bevor sie ein anderes Modell lehrten.</translation>
        </message>
        <message>
            <source>Overlap with the labels of those scans: 0 none, 1 complete.</source>
            <translation>Überlappung mit den Labels dieser Scans: 0 keine, 1 vollständig.</translation>
        </message>
    </context>
    <context>
        <name>results.knowing_words</name>
        <message>
            <source>No scan has tested a model yet: label or correct one after a training, and it tests the model that it has not taught.</source>
            <translation>Noch kein Scan hat ein Modell geprüft: Labeln oder korrigieren Sie einen nach einem Training; er prüft dann das Modell, das er nicht gelehrt hat.</translation>
        </message>
        <message>
            <source>&lt;b&gt;Enough?&lt;/b&gt; All of this is flat.</source>
            <translation>&lt;b&gt;Genug?&lt;/b&gt; An alledem ändert sich kaum noch etwas.</translation>
        </message>
        <message>
            <source>&lt;b&gt;Dice {mean}&lt;/b&gt; ({low} to {high}) on the last {scans} before they taught.</source>
            <translation>&lt;b&gt;Dice {mean}&lt;/b&gt; ({low} bis {high}) auf den letzten: {scans}, bevor sie lehrten.</translation>
        </message>
        <message>
            <source>Of {count} of them a part is verified; elsewhere the model's own expectation counts.</source>
            <translation>Von {count} davon ist ein Teil bestätigt; anderswo zählt, was das Modell selbst erwartet.</translation>
        </message>
        <message>
            <source>{share} % of {count} regions that were looked at needed nothing.</source>
            <translation>{share} % von {count} angesehenen Regionen waren richtig, wie sie waren.</translation>
        </message>
        <message>
            <source>The last two models agree with Dice {dice} on {scans} without a label.</source>
            <translation>Die letzten zwei Modelle stimmen mit Dice {dice} überein, auf Scans ohne Label ({scans}).</translation>
        </message>
        <message>
            <source>What more scans may bring is said after {rounds} models of different numbers of labelled scans.</source>
            <translation>Was mehr Scans bringen können, lässt sich nach {rounds} Modellen aus verschieden vielen gelabelten Scans sagen.</translation>
        </message>
        <message>
            <source>{more} more labelled scans may bring less than {gain} Dice, by the curve so far.</source>
            <translation>{more} weitere gelabelte Scans bringen nach der bisherigen Kurve wohl weniger als {gain} Dice.</translation>
        </message>
        <message>
            <source>{more} more labelled scans may bring {gain} Dice ({low} to {high}), by the curve so far.</source>
            <translation>{more} weitere gelabelte Scans bringen nach der bisherigen Kurve wohl {gain} Dice ({low} bis {high}).</translation>
        </message>
    </context>
    <context>
        <name>results.model_table</name>
        <message>
            <source>Model</source>
            <translation>Modell</translation>
        </message>
        <message>
            <source>Made</source>
            <translation>Entstanden</translation>
        </message>
        <message>
            <source>Labels</source>
            <translation>Labels</translation>
        </message>
        <message>
            <source>Dice</source>
            <translation>Dice</translation>
        </message>
        <message>
            <source>{model}, from {parent}</source>
            <translation>{model}, aus {parent}</translation>
        </message>
        <message>
            <source>Numbered in the order of their making; from: the model that its training began with. Bold: in use.</source>
            <translation>In der Reihenfolge ihrer Entstehung nummeriert; aus: das Modell, mit dem das Training begann. Fett: in Gebrauch.</translation>
        </message>
        <message>
            <source>When its training ended.</source>
            <translation>Wann sein Training endete.</translation>
        </message>
        <message>
            <source>Labelled scans that it learned from.</source>
            <translation>Gelabelte Scans, aus denen es gelernt hat.</translation>
        </message>
        <message>
            <source>Dice on patches of the labelled scans at the end of training, mean over the classes; new scans fare worse.</source>
            <translation>Dice auf Ausschnitten der gelabelten Scans am Ende des Trainings, Mittel über die Klassen; neuen Scans ergeht es schlechter.</translation>
        </message>
    </context>
    <context>
        <name>results.prediction_table</name>
        <message>
            <source>{name}, ml</source>
            <translation>{name}, ml</translation>
        </message>
        <message>
            <source>Case</source>
            <translation>Fall</translation>
        </message>
        <message>
            <source>Unsure in organs</source>
            <translation>Unsicher in Organen</translation>
        </message>
        <message>
            <source>Dice</source>
            <translation>Dice</translation>
        </message>
        <message>
            <source>Double-click to open.</source>
            <translation>Doppelklick öffnet ihn.</translation>
        </message>
        <message>
            <source>Mean uncertainty within the organs that were found, 0 to 1; Data set has that of whole scans.</source>
            <translation>Mittlere Unsicherheit in den gefundenen Organen, 0 bis 1; in „Datensatz“ steht die ganzer Scans.</translation>
        </message>
        <message>
            <source>Predicted Dice: what the model expects of its own prediction.</source>
            <translation>Vorhergesagter Dice: was das Modell von seiner eigenen Vorhersage erwartet.</translation>
        </message>
    </context>
    <context>
        <name>results.section</name>
        <message>
            <source>{model} is in use.</source>
            <translation>{model} ist in Gebrauch.</translation>
        </message>
        <message>
            <source>Export model</source>
            <translation>Modell exportieren</translation>
        </message>
        <message>
            <source>MONAI bundle (*.zip)</source>
            <translation>MONAI-Bundle (*.zip)</translation>
        </message>
        <message>
            <source>Exporting {file}…</source>
            <translation>{file} wird exportiert…</translation>
        </message>
        <message>
            <source>Exported as {path}.</source>
            <translation>Exportiert als {path}.</translation>
        </message>
        <message>
            <source>Roll back to this</source>
            <translation>Hierhin zurückkehren</translation>
        </message>
        <message>
            <source>Use</source>
            <translation>Benutzen</translation>
        </message>
        <message>
            <source>predicted %v of %m</source>
            <translation>%v von %m vorhergesagt</translation>
        </message>
        <message>
            <source>fetched %v of %m</source>
            <translation>%v von %m geholt</translation>
        </message>
        <message>
            <source>Open a data set first.</source>
            <translation>Öffnen Sie zuerst einen Datensatz.</translation>
        </message>
        <message>
            <source>Nothing has been trained yet. After training every scan is segmented by itself, and listed here.</source>
            <translation>Noch ist nichts trainiert. Nach dem Training wird jeder Scan von selbst segmentiert und hier aufgeführt.</translation>
        </message>
    </context>
    <context>
        <name>review.buttons</name>
        <message>
            <source>{next} and {previous} turn the slices of the region, {class} the class.</source>
            <translation>{next} und {previous} blättern in den Schichten der Region, {class} wechselt die Klasse.</translation>
        </message>
    </context>
    <context>
        <name>review.first_look</name>
        <message>
            <source>Region {rank} has only just come into sight: look at it, then press {key}.</source>
            <translation>Region {rank} ist eben erst zu sehen: ansehen, dann {key} drücken.</translation>
        </message>
        <message>
            <source>This answer has only just come into sight: look at it, then press {key}.</source>
            <translation>Diese Antwort ist eben erst zu sehen: ansehen, dann {key} drücken.</translation>
        </message>
    </context>
    <context>
        <name>review.region_table</name>
        <message>
            <source>open</source>
            <translation>offen</translation>
        </message>
        <message>
            <source>in part</source>
            <translation>zum Teil</translation>
        </message>
        <message>
            <source>accepted</source>
            <translation>angenommen</translation>
        </message>
        <message>
            <source>edited</source>
            <translation>bearbeitet</translation>
        </message>
        <message>
            <source>theirs</source>
            <translation>das andere</translation>
        </message>
        <message>
            <source>yours</source>
            <translation>Ihres</translation>
        </message>
        <message>
            <source>#</source>
            <translation>#</translation>
        </message>
        <message>
            <source>Class</source>
            <translation>Klasse</translation>
        </message>
        <message>
            <source>mm³</source>
            <translation>mm³</translation>
        </message>
        <message>
            <source>Unsure</source>
            <translation>Unsicher</translation>
        </message>
        <message>
            <source>Gain</source>
            <translation>Gewinn</translation>
        </message>
        <message>
            <source>State</source>
            <translation>Stand</translation>
        </message>
        <message>
            <source>You: {mine} · {who}: {theirs}</source>
            <translation>Sie: {mine} · {who}: {theirs}</translation>
        </message>
        <message>
            <source>somebody</source>
            <translation>jemand</translation>
        </message>
        <message>
            <source>background</source>
            <translation>Hintergrund</translation>
        </message>
        <message>
            <source>Rank: the region with the largest gain comes first. With a !: two people contradict each other here.</source>
            <translation>Rang: Die Region mit dem größten Gewinn kommt zuerst. Mit !: Hier widersprechen sich zwei.</translation>
        </message>
        <message>
            <source>The class that the model found here, or next to it. With a !: how you and the other have labelled it.</source>
            <translation>Die Klasse, die das Modell hier oder daneben fand. Mit !: wie Sie und der andere es gelabelt haben.</translation>
        </message>
        <message>
            <source>Volume of the region.</source>
            <translation>Volumen der Region.</translation>
        </message>
        <message>
            <source>Mean uncertainty in the region, 0 certain to 1 unsure.</source>
            <translation>Mittlere Unsicherheit in der Region, 0 sicher bis 1 unsicher.</translation>
        </message>
        <message>
            <source>mm³ that are expected to be wrong here and that nobody has verified: what a look is expected to gain.</source>
            <translation>mm³, die hier vermutlich falsch sind und die niemand bestätigt hat: was ein Blick bringen kann.</translation>
        </message>
        <message>
            <source>open: not looked at; in part: some of it is verified; accepted: as predicted; edited: differs from that. With a !: whose word counts.</source>
            <translation>offen: nicht angesehen; zum Teil: manches davon ist bestätigt; angenommen: wie vorhergesagt; bearbeitet: weicht davon ab. Mit !: wessen Wort zählt.</translation>
        </message>
    </context>
    <context>
        <name>review.section</name>
        <message>
            <source>largest expected benefit</source>
            <translation>größter erwarteter Nutzen</translation>
        </message>
        <message>
            <source>by chance, not empty</source>
            <translation>zufällig, nicht leer</translation>
        </message>
        <message>
            <source>by name</source>
            <translation>nach Namen</translation>
        </message>
        <message>
            <source>least certain</source>
            <translation>am unsichersten</translation>
        </message>
        <message>
            <source>There is nothing to take back. Ctrl+Z takes back strokes of the brush.</source>
            <translation>Es gibt nichts zurückzunehmen. Strg+Z nimmt Pinselstriche zurück.</translation>
        </message>
        <message>
            <source>The whole scan counts as verified. Submit it, or take that back.</source>
            <translation>Der ganze Scan gilt als bestätigt. Senden Sie ihn ab, oder nehmen Sie das zurück.</translation>
        </message>
        <message>
            <source>You paint outside the bounds of the organ: one of the two is wrong.</source>
            <translation>Sie malen außerhalb der Grenzen des Organs: Eines von beiden ist falsch.</translation>
        </message>
        <message>
            <source>Paint, then accept what you painted ({key}).</source>
            <translation>Malen Sie, dann nehmen Sie an, was Sie gemalt haben ({key}).</translation>
        </message>
        <message>
            <source>Every region is verified. Submit, or lower the threshold of the map.</source>
            <translation>Jede Region ist bestätigt. Senden Sie ab, oder senken Sie die Schwelle der Karte.</translation>
        </message>
    </context>
    <context>
        <name>tools.candidates</name>
        <message>
            <source>nothing new</source>
            <translation>nichts Neues</translation>
        </message>
        <message>
            <source>{volume} ml</source>
            <translation>{volume} ml</translation>
        </message>
        <message>
            <source>{volume} mm³</source>
            <translation>{volume} mm³</translation>
        </message>
    </context>
    <context>
        <name>tools.chips</name>
        <message>
            <source>background</source>
            <translation>Hintergrund</translation>
        </message>
        <message>
            <source>{name}: what the brush paints, a touch spreads and the other answers are about.</source>
            <translation>{name}: was der Pinsel malt, was eine Berührung ausbreitet und worum es den anderen Antworten geht.</translation>
        </message>
    </context>
    <context>
        <name>tools.mending</name>
        <message>
            <source>No class is in question in this region.</source>
            <translation>In dieser Region steht keine Klasse in Frage.</translation>
        </message>
        <message>
            <source>Paint it, or choose another answer.</source>
            <translation>Malen Sie, oder wählen Sie eine andere Antwort.</translation>
        </message>
        <message>
            <source>Point into the region: {touch} spreads its class from there, {clear} background.</source>
            <translation>Zeigen Sie in die Region: {touch} breitet von dort ihre Klasse aus, {clear} Hintergrund.</translation>
        </message>
        <message>
            <source>The mouse points at nothing that may change.</source>
            <translation>Die Maus zeigt auf nichts, was sich ändern darf.</translation>
        </message>
        <message>
            <source>Point at a voxel of the region in a slice view that is not verified yet.</source>
            <translation>Zeigen Sie in einer Schichtansicht auf ein Voxel der Region, das noch nicht bestätigt ist.</translation>
        </message>
        <message>
            <source>That is how the region is labelled already.</source>
            <translation>So ist die Region schon beschriftet.</translation>
        </message>
        <message>
            <source>That is how the region is labelled, or it is the same as an answer of another key.</source>
            <translation>So ist die Region schon gelabelt, oder es ist dasselbe wie die Antwort einer anderen Taste.</translation>
        </message>
        <message>
            <source>{change} {key} again takes it.</source>
            <translation>{change} {key} noch einmal übernimmt das.</translation>
        </message>
        <message>
            <source>{change} Accept takes it; touch again for more.</source>
            <translation>{change} Annehmen übernimmt das; noch einmal berühren ergibt mehr.</translation>
        </message>
        <message>
            <source>This changes nothing.</source>
            <translation>Das ändert nichts.</translation>
        </message>
        <message>
            <source>This changes {volume} mm³</source>
            <translation>Das ändert {volume} mm³</translation>
        </message>
    </context>
    <context>
        <name>tools.preview</name>
        <message>
            <source>preview</source>
            <translation>Vorschau</translation>
        </message>
        <message>
            <source>background</source>
            <translation>Hintergrund</translation>
        </message>
    </context>
    <context>
        <name>tools.toolbox</name>
        <message>
            <source>Level tracing needs a class to paint.</source>
            <translation>Das Nachziehen von Kanten braucht eine Klasse, die gemalt wird.</translation>
        </message>
        <message>
            <source>Choose one that is not locked.</source>
            <translation>Wählen Sie eine, die nicht gesperrt ist.</translation>
        </message>
        <message>
            <source>Point at a border and click: what it goes round gets the class, inside the region.</source>
            <translation>Zeigen Sie auf einen Rand und klicken Sie: Was er umschließt, erhält die Klasse, in der Region.</translation>
        </message>
        <message>
            <source>No class is chosen to paint with.</source>
            <translation>Es ist keine Klasse zum Malen gewählt.</translation>
        </message>
        <message>
            <source>This class is locked.</source>
            <translation>Diese Klasse ist gesperrt.</translation>
        </message>
        <message>
            <source>Choose one of the classes above the brush, or unlock it.</source>
            <translation>Wählen Sie eine der Klassen über dem Pinsel, oder entsperren Sie sie.</translation>
        </message>
    </context>
    <context>
        <name>view.outline</name>
        <message>
            <source>region under review</source>
            <translation>Region in Durchsicht</translation>
        </message>
    </context>
    <context>
        <name>view.spotlight</name>
        <message>
            <source>painting allowed here</source>
            <translation>Malen hier erlaubt</translation>
        </message>
    </context>
    <context>
        <name>view.stage</name>
        <message>
            <source>0 certain → 1 unsure</source>
            <translation>0 sicher → 1 unsicher</translation>
        </message>
        <message>
            <source>The map is hidden: hold {key} for a glance.</source>
            <translation>Die Karte ist ausgeblendet: {key} halten für einen Blick.</translation>
        </message>
        <message>
            <source>Beside its {count} slices, {seen} seen</source>
            <translation>Neben ihren {count} Schichten, {seen} gesehen</translation>
        </message>
        <message>
            <source>Slice {number} of {count}, {seen} seen</source>
            <translation>Schicht {number} von {count}, {seen} gesehen</translation>
        </message>
        <message>
            <source>Region {rank}: {count} of its slices were not looked at.</source>
            <translation>Region {rank}: {count} ihrer Schichten wurden nicht angesehen.</translation>
        </message>
    </context>
    <context>
        <name>review.walk</name>
        <message>
            <source>{name} is damaged.</source>
            <translation>{name} ist beschädigt.</translation>
        </message>
        <message>
            <source>Move the threshold: the regions are found anew.</source>
            <translation>Verschieben Sie die Schwelle: Die Regionen werden neu gesucht.</translation>
        </message>
        <message>
            <source>Region {rank} is not verified any more.</source>
            <translation>Region {rank} ist nicht mehr bestätigt.</translation>
        </message>
        <message>
            <source>Region {rank} is labelled as before it was painted.</source>
            <translation>Region {rank} ist gelabelt wie vor dem Malen.</translation>
        </message>
        <message>
            <source>Region {rank} has its label back.</source>
            <translation>Region {rank} hat ihr Label wieder.</translation>
        </message>
        <message>
            <source>The last stroke in region {rank} is taken back.</source>
            <translation>Der letzte Strich in Region {rank} ist zurückgenommen.</translation>
        </message>
        <message>
            <source>What counts as verified is as before.</source>
            <translation>Was als bestätigt gilt, ist wie vorher.</translation>
        </message>
        <message>
            <source>The regions that were accepted together are not verified any more.</source>
            <translation>Die Regionen, die zusammen angenommen wurden, sind nicht mehr bestätigt.</translation>
        </message>
        <message>
            <source>The last step in Label is taken back.</source>
            <translation>Der letzte Schritt in „Label“ ist zurückgenommen.</translation>
        </message>
        <message>
            <source>{count} voxels of the other label lie outside the bounds of the organ.</source>
            <translation>{count} Voxel des anderen Labels liegen außerhalb der Grenzen des Organs.</translation>
        </message>
        <message>
            <source>Set the bounds further out first: First slice, Last slice or No bounds in Label. Nothing was changed.</source>
            <translation>Setzen Sie zuerst die Grenzen weiter außen: „Erste Schicht“, „Letzte Schicht“ oder „Keine Grenzen“ in „Label“. Es wurde nichts geändert.</translation>
        </message>
    </context>
    <context>
        <name>review.words</name>
        <message>
            <source>&lt;b&gt;{done} of {count} regions&lt;/b&gt;, {share} % of the expected error reviewed; {left} ml of it left</source>
            <translation>&lt;b&gt;{done} von {count} Regionen&lt;/b&gt;, {share} % des erwarteten Fehlers durchgesehen; {left} ml davon übrig</translation>
        </message>
        <message>
            <source>Open a case that has a prediction: its uncertain regions are listed here.</source>
            <translation>Öffnen Sie einen Fall, der eine Vorhersage hat: Seine unsicheren Regionen werden hier aufgeführt.</translation>
        </message>
        <message>
            <source>This case has no prediction yet: train first.</source>
            <translation>Dieser Fall hat noch keine Vorhersage: Trainieren Sie zuerst.</translation>
        </message>
        <message>
            <source>Looking for uncertain regions…</source>
            <translation>Unsichere Regionen werden gesucht…</translation>
        </message>
        <message>
            <source>No region is that uncertain. Lower the threshold of the map in the section above.</source>
            <translation>Keine Region ist so unsicher. Senken Sie die Schwelle der Karte im Abschnitt darüber.</translation>
        </message>
        <message>
            <source>{count} voxels that the model labels outside the bounds of the organ stay background.</source>
            <translation>{count} Voxel, die das Modell außerhalb der Grenzen des Organs labelt, bleiben Hintergrund.</translation>
        </message>
        <message>
            <source>{who} verified {share} % of this scan in revision {revision}: those voxels count as done.</source>
            <translation>{who} hat {share} % dieses Scans in Revision {revision} bestätigt: Diese Voxel gelten als erledigt.</translation>
        </message>
        <message>
            <source>Somebody</source>
            <translation>Jemand</translation>
        </message>
    </context>
    <context>
        <name>panel.server</name>
        <message>
            <source>Starting the server on this computer…</source>
            <translation>Der Server auf diesem Computer wird gestartet…</translation>
        </message>
        <message>
            <source>Stopping the server…</source>
            <translation>Der Server wird angehalten…</translation>
        </message>
        <message>
            <source>Connecting to {address}…</source>
            <translation>Verbinden mit {address}…</translation>
        </message>
        <message>
            <source>Testing {address}…</source>
            <translation>{address} wird geprüft…</translation>
        </message>
        <message>
            <source>Stopped. What was done so far is used the next time.</source>
            <translation>Angehalten. Was bis jetzt getan wurde, wird das nächste Mal benutzt.</translation>
        </message>
        <message>
            <source>The server can be used: version {version}, {devices}.</source>
            <translation>Der Server kann benutzt werden: Version {version}, {devices}.</translation>
        </message>
        <message>
            <source>The server is stopped. Its data is kept; a training goes on by itself and is found again.</source>
            <translation>Der Server ist angehalten. Seine Daten bleiben; ein Training läuft von selbst weiter und wird wiedergefunden.</translation>
        </message>
        <message>
            <source>Compare it with what the server's owner tells you, then connect.</source>
            <translation>Vergleichen Sie ihn mit dem, was der Besitzer des Servers Ihnen sagt, dann verbinden Sie sich.</translation>
        </message>
        <message>
            <source>this token does not open it.</source>
            <translation>dieses Token öffnet ihn nicht.</translation>
        </message>
        <message>
            <source>nobody enters without a token.</source>
            <translation>niemand kommt ohne Token hinein.</translation>
        </message>
        <message>
            <source>The server answers, but {but}</source>
            <translation>Der Server antwortet, aber {but}</translation>
        </message>
        <message>
            <source>What this computer has</source>
            <translation>Was dieser Computer hat</translation>
        </message>
        <message>
            <source>Processor</source>
            <translation>Prozessor</translation>
        </message>
        <message>
            <source>NVIDIA graphics card</source>
            <translation>NVIDIA-Grafikkarte</translation>
        </message>
        <message>
            <source>Connected to {address}, version {version}: {devices}.</source>
            <translation>Verbunden mit {address}, Version {version}: {devices}.</translation>
        </message>
        <message>
            <source>Connected to {address} as {who}, version {version}: {devices}.</source>
            <translation>Verbunden mit {address} als {who}, Version {version}: {devices}.</translation>
        </message>
        <message>
            <source>Not connected yet.</source>
            <translation>Noch nicht verbunden.</translation>
        </message>
        <message>
            <source>Not connected. Start a server on this computer, or connect to another one.</source>
            <translation>Nicht verbunden. Starten Sie einen Server auf diesem Computer, oder verbinden Sie sich mit einem anderen.</translation>
        </message>
        <message>
            <source>this computer</source>
            <translation>dieser Computer</translation>
        </message>
        <message>
            <source>What is sent to {address}: voxels, their place in space, labels, and what each scan is called here (its file, volume or series), because you ticked that below. Rename first what says who it is. Nothing else of a DICOM header is sent.</source>
            <translation>Was an {address} gesendet wird: Voxel, ihr Ort im Raum, Labels und wie jeder Scan hier heißt (Datei, Volumen oder Serie), weil Sie das unten angekreuzt haben. Benennen Sie vorher um, was sagt, wer es ist. Sonst wird nichts aus einem DICOM-Kopf gesendet.</translation>
        </message>
        <message>
            <source>What is sent to {address}: voxels, their place in space, labels, and a number for each scan. Names of files, volumes, series and patients stay on this computer, and so does every DICOM header.</source>
            <translation>Was an {address} gesendet wird: Voxel, ihr Ort im Raum, Labels und eine Nummer für jeden Scan. Namen von Dateien, Volumen, Serien und Patienten bleiben auf diesem Computer, ebenso jeder DICOM-Kopf.</translation>
        </message>
        <message>
            <source>{address} does not accept the token any more. Disconnect and enter a good one; nothing is lost.</source>
            <translation>{address} nimmt das Token nicht mehr an. Trennen Sie die Verbindung und geben Sie ein gültiges ein; nichts geht verloren.</translation>
        </message>
        <message>
            <source>{address} cannot answer now. Trying again every few seconds; nothing is lost.</source>
            <translation>{address} kann gerade nicht antworten. Alle paar Sekunden ein neuer Versuch; nichts geht verloren.</translation>
        </message>
        <message>
            <source>No answer from {address}. Trying again every few seconds; nothing is lost.</source>
            <translation>Keine Antwort von {address}. Alle paar Sekunden ein neuer Versuch; nichts geht verloren.</translation>
        </message>
        <message>
            <source>Paste the one that it shows when it starts.</source>
            <translation>Fügen Sie das ein, das er beim Start zeigt.</translation>
        </message>
    </context>
    <context>
        <name>slices.bounding</name>
        <message>
            <source>The brush acts in the box alone: {key} puts it where the views cross.</source>
            <translation>Der Pinsel wirkt nur in der Box: {key} setzt sie dorthin, wo sich die Ansichten kreuzen.</translation>
        </message>
    </context>
    <context>
        <name>slices.choices</name>
        <message>
            <source>Whole scan</source>
            <translation>Ganzer Scan</translation>
        </message>
        <message>
            <source>Slices</source>
            <translation>Schichten</translation>
        </message>
        <message>
            <source>Boxes</source>
            <translation>Boxen</translation>
        </message>
        <message>
            <source>as the scan was taken</source>
            <translation>wie aufgenommen</translation>
        </message>
        <message>
            <source>sagittal</source>
            <translation>sagittal</translation>
        </message>
        <message>
            <source>coronal</source>
            <translation>koronal</translation>
        </message>
        <message>
            <source>axial</source>
            <translation>axial</translation>
        </message>
    </context>
    <context>
        <name>slices.part</name>
        <message>
            <source>The mouse is in no slice view.</source>
            <translation>Die Maus ist in keiner Schichtansicht.</translation>
        </message>
        <message>
            <source>Point at a corner of a box around the organ in a slice view, and press the key there.</source>
            <translation>Auf eine Ecke einer Box um das Organ in einer Schichtansicht zeigen und dort die Taste drücken.</translation>
        </message>
    </context>
    <context>
        <name>slices.proposal</name>
        <message>
            <source>proposed between slices</source>
            <translation>zwischen Schichten vorgeschlagen</translation>
        </message>
    </context>
    <context>
        <name>slices.rim</name>
        <message>
            <source>verified (rim)</source>
            <translation>bestätigt (Randlinie)</translation>
        </message>
        <message>
            <source>verified</source>
            <translation>bestätigt</translation>
        </message>
        <message>
            <source>not verified</source>
            <translation>nicht bestätigt</translation>
        </message>
    </context>
    <context>
        <name>slices.section</name>
        <message>
            <source>Looking at what lies between…</source>
            <translation>Was dazwischen liegt, wird gesucht…</translation>
        </message>
        <message>
            <source>There is nothing between verified slices: paint and verify two that lie apart.</source>
            <translation>Zwischen bestätigten Schichten liegt nichts: Malen und bestätigen Sie zwei, die auseinanderliegen.</translation>
        </message>
        <message>
            <source>Nothing is proposed for slice {number}.</source>
            <translation>Für Schicht {number} ist nichts vorgeschlagen.</translation>
        </message>
        <message>
            <source>Between ({key}) proposes what lies between verified slices.</source>
            <translation>„Dazwischen“ ({key}) schlägt vor, was zwischen bestätigten Schichten liegt.</translation>
        </message>
        <message>
            <source>No proposal is left.</source>
            <translation>Kein Vorschlag ist übrig.</translation>
        </message>
        <message>
            <source>There is nothing to take back. Ctrl+Z takes back strokes of the brush.</source>
            <translation>Es gibt nichts zurückzunehmen. Strg+Z nimmt Pinselstriche zurück.</translation>
        </message>
        <message>
            <source>All of this scan's plan is verified. {key} submits it and opens the next scan.</source>
            <translation>Alles, was für diesen Scan geplant ist, ist bestätigt. {key} sendet ihn ab und öffnet den nächsten Scan.</translation>
        </message>
        <message>
            <source>Nothing is painted in the box: {key} says that it is empty.</source>
            <translation>In der Box ist nichts gemalt: {key} sagt, dass sie leer ist.</translation>
        </message>
        <message>
            <source>Move the views to the next place, then {key}.</source>
            <translation>Bewegen Sie die Ansichten zur nächsten Stelle, dann {key}.</translation>
        </message>
        <message>
            <source>Nothing is painted in slice {number}: {key} there says that it is empty.</source>
            <translation>In Schicht {number} ist nichts gemalt: {key} sagt dort, dass sie leer ist.</translation>
        </message>
        <message>
            <source>The label is being written just now: press {key} once more.</source>
            <translation>Das Label wird gerade geschrieben: {key} noch einmal drücken.</translation>
        </message>
        <message>
            <source>{count} slices are proposed, in outlines: {key} takes the one that is seen, nothing else counts.</source>
            <translation>{count} Schichten sind vorgeschlagen, in Umrissen: {key} übernimmt die, die zu sehen ist, sonst zählt nichts.</translation>
        </message>
        <message>
            <source>You paint outside the bounds of the organ: one of the two is wrong.</source>
            <translation>Sie malen außerhalb der Grenzen des Organs: Eines von beiden ist falsch.</translation>
        </message>
    </context>
    <context>
        <name>slices.words</name>
        <message>
            <source>Where the organ begins and ends is not marked: outside it nothing is known to be background.</source>
            <translation>Wo das Organ beginnt und endet, ist nicht markiert: Außerhalb ist von nichts bekannt, dass es Hintergrund ist.</translation>
        </message>
        <message>
            <source>The organ lies in slices {first} to {last} of {count}</source>
            <translation>Das Organ liegt in den Schichten {first} bis {last} von {count}</translation>
        </message>
        <message>
            <source>in a box of {box} voxels</source>
            <translation>in einer Box von {box} Voxeln</translation>
        </message>
        <message>
            <source>; outside all is verified as background.</source>
            <translation>; außerhalb ist alles als Hintergrund bestätigt.</translation>
        </message>
        <message>
            <source>Now go to where the organ ends: {key}.</source>
            <translation>Gehen Sie nun dorthin, wo das Organ endet: {key}.</translation>
        </message>
        <message>
            <source>Now go to where the organ begins: {key}.</source>
            <translation>Gehen Sie nun dorthin, wo das Organ beginnt: {key}.</translation>
        </message>
        <message>
            <source>Paint slices {plan}; {key} goes on.</source>
            <translation>Malen Sie die Schichten {plan} aus; {key} geht weiter.</translation>
        </message>
        <message>
            <source>Now the opposite corner of the box, in the same view: {key}.</source>
            <translation>Jetzt die gegenüberliegende Ecke der Box, in derselben Ansicht: {key}.</translation>
        </message>
        <message>
            <source>Two corners in another view ({key}) bound the organ in the third direction, too.</source>
            <translation>Zwei Ecken in einer anderen Ansicht ({key}) begrenzen das Organ auch in der dritten Richtung.</translation>
        </message>
        <message>
            <source>What the model alone proposed outside is taken away, in {slices}; {key} brings it back.</source>
            <translation>Was außerhalb allein das Modell vorschlug, ist weggenommen, in {slices}; {key} bringt es zurück.</translation>
        </message>
        <message>
            <source>What the model proposes in {slices} is back, as nobody has verified it.</source>
            <translation>Was das Modell in {slices} vorschlägt, ist wieder da; bestätigt hat es niemand.</translation>
        </message>
        <message>
            <source>one slice</source>
            <translation>einer Schicht</translation>
        </message>
        <message>
            <source>{count} slices</source>
            <translation>{count} Schichten</translation>
        </message>
        <message>
            <source>What the model alone proposed there is taken away; {key} brings it back.</source>
            <translation>Was dort allein das Modell vorschlug, ist weggenommen; {key} bringt es zurück.</translation>
        </message>
        <message>
            <source>The box is verified as the model labelled it; {key} takes that back.</source>
            <translation>Die Box ist bestätigt, wie das Modell sie gelabelt hat; {key} nimmt das zurück.</translation>
        </message>
        <message>
            <source>Slice {number} is verified as the model labelled it; {key} takes that back.</source>
            <translation>Schicht {number} ist bestätigt, wie das Modell sie gelabelt hat; {key} nimmt das zurück.</translation>
        </message>
        <message>
            <source>The box has only just come into sight: look at it, then press {key}.</source>
            <translation>Die Box ist eben erst zu sehen: ansehen, dann {key} drücken.</translation>
        </message>
        <message>
            <source>Slice {number} has only just come into sight: look at it, then press {key}.</source>
            <translation>Schicht {number} ist eben erst zu sehen: ansehen, dann {key} drücken.</translation>
        </message>
        <message>
            <source>What is labelled here is what the model proposes, and nobody has verified it: {next} verifies it, {scan} once more goes on without it.</source>
            <translation>Was hier gelabelt ist, schlägt das Modell vor, und niemand hat es bestätigt: {next} bestätigt es, noch einmal {scan} geht ohne das weiter.</translation>
        </message>
        <message>
            <source>This scan is verified as a whole already.</source>
            <translation>Dieser Scan ist schon als Ganzes bestätigt.</translation>
        </message>
        <message>
            <source>The label begins with the prediction. Correct the slices that are proposed: {next} verifies the one that is seen, as it is then.</source>
            <translation>Das Label beginnt mit der Vorhersage. Die vorgeschlagenen Schichten korrigieren: {next} bestätigt die sichtbare so, wie sie dann ist.</translation>
        </message>
        <message>
            <source>Paint in the box, then {next}; {here} puts it where the views cross.</source>
            <translation>Malen Sie in der Box, dann {next}; {here} setzt sie dorthin, wo sich die Ansichten kreuzen.</translation>
        </message>
        <message>
            <source>Slices are proposed where the organ is expected: paint and press {next}, or {empty} where there is none of it. Its ends need not be marked in every scan.</source>
            <translation>Schichten werden vorgeschlagen, wo das Organ erwartet wird: malen und {next} drücken, oder {empty}, wo nichts davon zu sehen ist. Seine Enden müssen nicht in jedem Scan markiert werden.</translation>
        </message>
        <message>
            <source>Go to where the organ begins and press {first}, to where it ends and press {last}; or point at two opposite corners of a box around it, {corner} at each, in two views.</source>
            <translation>Dorthin gehen, wo das Organ beginnt, und {first} drücken, dorthin, wo es endet, und {last} drücken; oder auf zwei gegenüberliegende Ecken einer Box um das Organ zeigen, {corner} an jeder, in zwei Ansichten.</translation>
        </message>
        <message>
            <source>{done} of {of} boxes</source>
            <translation>{done} von {of} Boxen</translation>
        </message>
        <message>
            <source>{done} of {of} slices</source>
            <translation>{done} von {of} Schichten</translation>
        </message>
        <message>
            <source>verified, {share} % of the scan · {minutes} min</source>
            <translation>bestätigt, {share} % des Scans · {minutes} min</translation>
        </message>
        <message>
            <source>{minutes} min in {count} scans</source>
            <translation>{minutes} min in {count} Scans</translation>
        </message>
        <message>
            <source>Slice {number} is not verified any more.</source>
            <translation>Schicht {number} ist nicht mehr bestätigt.</translation>
        </message>
        <message>
            <source>It is not declared empty any more.</source>
            <translation>Das gilt nicht mehr als leer.</translation>
        </message>
        <message>
            <source>The box is not verified any more.</source>
            <translation>Die Box ist nicht mehr bestätigt.</translation>
        </message>
        <message>
            <source>The proposal is out of slice {number} again.</source>
            <translation>Der Vorschlag ist aus Schicht {number} wieder heraus.</translation>
        </message>
        <message>
            <source>The bounds are as before.</source>
            <translation>Die Grenzen sind wie vorher.</translation>
        </message>
        <message>
            <source>What counts as verified is as before.</source>
            <translation>Was als bestätigt gilt, ist wie vorher.</translation>
        </message>
        <message>
            <source>The region is not verified any more.</source>
            <translation>Die Region ist nicht mehr bestätigt.</translation>
        </message>
        <message>
            <source>The region is labelled as before it was painted.</source>
            <translation>Die Region ist gelabelt wie vor dem Malen.</translation>
        </message>
        <message>
            <source>The region has its label back.</source>
            <translation>Die Region hat ihr Label wieder.</translation>
        </message>
        <message>
            <source>The last step in Review is taken back.</source>
            <translation>Der letzte Schritt in „Durchsicht“ ist zurückgenommen.</translation>
        </message>
        <message>
            <source>What the model proposes is as before, too.</source>
            <translation>Auch was das Modell vorschlägt, ist wie zuvor.</translation>
        </message>
        <message>
            <source>Outside a box of {box} all is verified as background.</source>
            <translation>Außerhalb einer Box von {box} ist alles als Hintergrund bestätigt.</translation>
        </message>
        <message>
            <source>{voxels} voxels, {mm} mm</source>
            <translation>{voxels} Voxeln, {mm} mm</translation>
        </message>
    </context>
    <context>
        <name>training.plots</name>
        <message>
            <source>Dice on {count} validation scans</source>
            <translation>Dice auf {count} Validierungs-Scans</translation>
        </message>
        <message>
            <source>Dice on labelled training patches</source>
            <translation>Dice auf gelabelten Trainingsausschnitten</translation>
        </message>
        <message>
            <source>Losses</source>
            <translation>Verluste</translation>
        </message>
        <message>
            <source>Dice</source>
            <translation>Dice</translation>
        </message>
        <message>
            <source>step</source>
            <translation>Schritt</translation>
        </message>
        <message>
            <source>loss</source>
            <translation>Verlust</translation>
        </message>
    </context>
    <context>
        <name>training.section</name>
        <message>
            <source>Labels and unlabelled scans</source>
            <translation>Labels und Scans ohne Label</translation>
        </message>
        <message>
            <source>Labels only</source>
            <translation>nur Labels</translation>
        </message>
        <message>
            <source>As published, for comparison</source>
            <translation>wie veröffentlicht, zum Vergleich</translation>
        </message>
        <message>
            <source>CT or MR, as their values say</source>
            <translation>CT oder MR, wie ihre Werte sagen</translation>
        </message>
        <message>
            <source>CT</source>
            <translation>CT</translation>
        </message>
        <message>
            <source>MR</source>
            <translation>MR</translation>
        </message>
        <message>
            <source>Show Dice</source>
            <translation>Dice zeigen</translation>
        </message>
        <message>
            <source>Show losses</source>
            <translation>Verluste zeigen</translation>
        </message>
        <message>
            <source>Show no curves</source>
            <translation>Keine Kurven zeigen</translation>
        </message>
        <message>
            <source>Stopping after this step; the model is kept…</source>
            <translation>Hält nach diesem Schritt an; das Modell bleibt erhalten…</translation>
        </message>
        <message>
            <source>Corrections are submitted before the training…</source>
            <translation>Korrekturen werden vor dem Training abgesandt…</translation>
        </message>
        <message>
            <source>No data set is open.</source>
            <translation>Es ist kein Datensatz offen.</translation>
        </message>
        <message>
            <source>Choose one above.</source>
            <translation>Wählen Sie oben einen.</translation>
        </message>
        <message>
            <source>Starting…</source>
            <translation>Wird gestartet…</translation>
        </message>
        <message>
            <source>Starting again…</source>
            <translation>Wird wieder gestartet…</translation>
        </message>
        <message>
            <source>Warning: {message}.</source>
            <translation>Warnung: {message}.</translation>
        </message>
        <message>
            <source>Stop</source>
            <translation>Anhalten</translation>
        </message>
        <message>
            <source>Train again</source>
            <translation>Weiter trainieren</translation>
        </message>
        <message>
            <source>Train</source>
            <translation>Trainieren</translation>
        </message>
        <message>
            <source>Stop after the present step; what was learnt so far is kept as a model.</source>
            <translation>Nach dem jetzigen Schritt anhalten; was bisher gelernt wurde, bleibt als Modell erhalten.</translation>
        </message>
        <message>
            <source>Go on learning, from what is verified by now. Afterwards all cases are predicted and compared.</source>
            <translation>Weiter lernen, aus dem, was inzwischen bestätigt ist. Danach werden alle Fälle vorhergesagt und verglichen.</translation>
        </message>
        <message>
            <source>Train both networks on this data set. Afterwards all cases are predicted.</source>
            <translation>Beide Netze auf diesem Datensatz trainieren. Danach werden alle Fälle vorhergesagt.</translation>
        </message>
        <message>
            <source>Go on from {model}</source>
            <translation>Von {model} ausgehen</translation>
        </message>
        <message>
            <source>Trained for {steps} steps. All cases are being predicted…</source>
            <translation>{steps} Schritte trainiert. Alle Fälle werden vorhergesagt…</translation>
        </message>
        <message>
            <source>The last training is {state} after {steps} steps.</source>
            <translation>Das letzte Training ist {state}, nach {steps} Schritten.</translation>
        </message>
        <message>
            <source>The training waits at the cluster for its turn…</source>
            <translation>Das Training wartet am Cluster, bis es an der Reihe ist…</translation>
        </message>
        <message>
            <source>Step {step} of {steps}</source>
            <translation>Schritt {step} von {steps}</translation>
        </message>
        <message>
            <source>{time} left</source>
            <translation>noch {time}</translation>
        </message>
        <message>
            <source>{memory} on the device</source>
            <translation>{memory} auf dem Gerät</translation>
        </message>
        <message>
            <source>as measured here</source>
            <translation>hier gemessen</translation>
        </message>
        <message>
            <source>a guess, until the first training has measured it</source>
            <translation>geschätzt, bis das erste Training es gemessen hat</translation>
        </message>
        <message>
            <source>With a label: {labelled}, without: {other}. {steps} steps of {seconds} s ({source}): about {time}. Memory: about {memory}{available}.</source>
            <translation>Mit Label: {labelled}, ohne: {other}. {steps} Schritte zu {seconds} s ({source}): etwa {time}. Speicher: etwa {memory}{available}.</translation>
        </message>
        <message>
            <source> of {memory} ({device})</source>
            <translation> von {memory} ({device})</translation>
        </message>
        <message>
            <source>First open a data set, above.</source>
            <translation>Öffnen Sie zuerst oben einen Datensatz.</translation>
        </message>
        <message>
            <source>First add scans to the data set, above.</source>
            <translation>Fügen Sie dem Datensatz oben zuerst Scans hinzu.</translation>
        </message>
        <message>
            <source>First label a scan: double-click it in the table of cases. Three are a good start, or slices of eight.</source>
            <translation>Labeln Sie zuerst einen Scan: Doppelklicken Sie ihn in der Tabelle der Fälle. Drei sind ein guter Anfang, oder Schichten von acht.</translation>
        </message>
        <message>
            <source>Not submitted yet: your corrections of {case}. They teach nothing until they are.</source>
            <translation>Noch nicht abgesandt: Ihre Korrekturen von {case}. Bis dahin lehren sie nichts.</translation>
        </message>
        <message>
            <source>Not submitted yet: your corrections of {count} scans. They teach nothing until they are.</source>
            <translation>Noch nicht abgesandt: Ihre Korrekturen von {count} Scans. Bis dahin lehren sie nichts.</translation>
        </message>
        <message>
            <source>The training is being prepared…</source>
            <translation>Das Training wird vorbereitet…</translation>
        </message>
        <message>
            <source>Preparing scan {number} of {total}…</source>
            <translation>Scan {number} von {total} wird vorbereitet…</translation>
        </message>
        <message>
            <source>Dice on {count} validation scans: {scores}</source>
            <translation>Dice auf {count} Validierungs-Scans: {scores}</translation>
        </message>
        <message>
            <source>Dice on labelled training patches: {scores}</source>
            <translation>Dice auf gelabelten Trainingsausschnitten: {scores}</translation>
        </message>
    </context>
    <context>
        <name>training.unsubmitted</name>
        <message>
            <source>{case} is not submitted: Label says why. Nothing is trained before you have looked.</source>
            <translation>{case} ist nicht abgesandt: „Label“ sagt, warum. Trainiert wird erst, wenn Sie nachgesehen haben.</translation>
        </message>
        <message>
            <source>Train</source>
            <translation>Trainieren</translation>
        </message>
        <message>
            <source>1 scan has corrections that are not submitted. They teach nothing until they are.</source>
            <translation>1 Scan hat Korrekturen, die nicht abgesandt sind. Bis dahin lehren sie nichts.</translation>
        </message>
        <message>
            <source>{count} scans have corrections that are not submitted. They teach nothing until they are.</source>
            <translation>{count} Scans haben Korrekturen, die nicht abgesandt sind. Bis dahin lehren sie nichts.</translation>
        </message>
        <message>
            <source>Submit and train</source>
            <translation>Absenden und trainieren</translation>
        </message>
        <message>
            <source>Train without</source>
            <translation>Ohne sie trainieren</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>Abbrechen</translation>
        </message>
    </context>
    <context>
        <name>worklist.kin</name>
        <message>
            <source>{count} more like this (same class, small, both networks agree). {shown} of {of} to look at first. </source>
            <translation>{count} weitere dieser Art (gleiche Klasse, klein, beide Netze einig). {shown} von {of}, die zuerst anzusehen sind. </translation>
        </message>
        <message>
            <source>{key} shows the next; anything else leaves it.</source>
            <translation>{key} zeigt die nächste; alles andere bricht ab.</translation>
        </message>
        <message>
            <source>{key} accepts all {count} as they are, {unseen} of them not looked at.</source>
            <translation>{key} nimmt alle {count} an, wie sie sind, {unseen} davon nicht angesehen.</translation>
        </message>
        <message>
            <source>{count} regions are accepted together, {unseen} of them not looked at. {key} takes that back.</source>
            <translation>{count} Regionen sind zusammen angenommen, {unseen} davon nicht angesehen. {key} nimmt das zurück.</translation>
        </message>
    </context>
    <context>
        <name>worklist.section</name>
        <message>
            <source>No data set is open.</source>
            <translation>Es ist kein Datensatz offen.</translation>
        </message>
        <message>
            <source>Choose one above.</source>
            <translation>Wählen Sie oben einen.</translation>
        </message>
        <message>
            <source>Nothing is left in another scan of this list. Submit, train again, list anew.</source>
            <translation>In keinem anderen Scan dieser Liste ist noch etwas offen. Senden Sie ab, trainieren Sie weiter, listen Sie neu auf.</translation>
        </message>
        <message>
            <source>Go to a region first (Next).</source>
            <translation>Gehen Sie zuerst zu einer Region (Weiter).</translation>
        </message>
        <message>
            <source>No other open region here is of this kind: same class, small, both networks agree.</source>
            <translation>Keine andere offene Region ist hier von dieser Art: gleiche Klasse, klein, beide Netze einig.</translation>
        </message>
        <message>
            <source>The map shows other regions now: list them again.</source>
            <translation>Die Karte zeigt jetzt andere Regionen: Listen Sie sie neu auf.</translation>
        </message>
        <message>
            <source>Stop</source>
            <translation>Anhalten</translation>
        </message>
        <message>
            <source>List regions</source>
            <translation>Auflisten</translation>
        </message>
        <message>
            <source>looked into %v of %m scans</source>
            <translation>%v von %m Scans angesehen</translation>
        </message>
    </context>
    <context>
        <name>worklist.table</name>
        <message>
            <source>Scan</source>
            <translation>Scan</translation>
        </message>
        <message>
            <source>Class</source>
            <translation>Klasse</translation>
        </message>
        <message>
            <source>Gain</source>
            <translation>Gewinn</translation>
        </message>
        <message>
            <source>State</source>
            <translation>Stand</translation>
        </message>
        <message>
            <source>The scan that the region lies in.</source>
            <translation>Der Scan, in dem die Region liegt.</translation>
        </message>
        <message>
            <source>The class that the model found here, or next to it.</source>
            <translation>Die Klasse, die das Modell hier oder daneben gefunden hat.</translation>
        </message>
        <message>
            <source>mm³ that are expected to be wrong here and that nobody has verified: what a look is expected to gain.</source>
            <translation>mm³, die hier vermutlich falsch sind und die niemand bestätigt hat: was ein Blick bringen kann.</translation>
        </message>
        <message>
            <source>done: every voxel of it is verified.</source>
            <translation>erledigt: Jeder Voxel der Region ist bestätigt.</translation>
        </message>
    </context>
    <context>
        <name>worklist.words</name>
        <message>
            <source>This model knows too little of this scan for a walk through its regions: label one more scan, or train longer.</source>
            <translation>Dieses Modell weiß zu wenig von diesem Scan, als dass sich der Gang durch seine Regionen lohnte: Labeln Sie noch einen Scan, oder trainieren Sie länger.</translation>
        </message>
        <message>
            <source>{count} more regions are left for later rounds.</source>
            <translation>{count} weitere Regionen bleiben für spätere Runden.</translation>
        </message>
        <message>
            <source>Not predicted yet: {scans}.</source>
            <translation>Noch nicht vorhergesagt: {scans}.</translation>
        </message>
        <message>
            <source>No scan has a region that is that uncertain and not verified.</source>
            <translation>Kein Scan hat eine so unsichere Region, die nicht bestätigt ist.</translation>
        </message>
        <message>
            <source>Round {number}: &lt;b&gt;{done} of {count} regions done&lt;/b&gt;, in {scans}.</source>
            <translation>Runde {number}: &lt;b&gt;{done} von {count} Regionen erledigt&lt;/b&gt;, in: {scans}.</translation>
        </message>
        <message>
            <source>This model knows too little for a walk: label one more scan, or train longer.</source>
            <translation>Dieses Modell weiß zu wenig für einen Gang durch seine Regionen: Labeln Sie noch einen Scan, oder trainieren Sie länger.</translation>
        </message>
        <message>
            <source>Left out, as the model knows too little of them: {scans}. A label of one teaches more.</source>
            <translation>Ausgelassen, weil das Modell zu wenig davon weiß: {scans}. Ein Label von einem davon lehrt mehr.</translation>
        </message>
        <message>
            <source>done</source>
            <translation>fertig</translation>
        </message>
        <message>
            <source>open</source>
            <translation>offen</translation>
        </message>
        <message>
            <source>background</source>
            <translation>Hintergrund</translation>
        </message>
    </context>
    <context>
        <name>Comparison</name>
        <message>
            <source>Compare two models</source>
            <translation>Zwei Modelle vergleichen</translation>
        </message>
        <message>
            <source>What a training has changed: Dice on verified voxels, regions left, and where labels changed.</source>
            <translation>Was ein Training geändert hat: Dice auf bestätigten Voxeln, verbliebene Regionen und wo sich Labels geändert haben.</translation>
        </message>
        <message>
            <source>The model before.</source>
            <translation>Das Modell vorher.</translation>
        </message>
        <message>
            <source>→</source>
            <translation>→</translation>
        </message>
        <message>
            <source>The model after.</source>
            <translation>Das Modell nachher.</translation>
        </message>
        <message>
            <source>Compare</source>
            <translation>Vergleichen</translation>
        </message>
        <message>
            <source>Compare what the two models say of every scan that both have predicted.</source>
            <translation>Vergleichen, was die beiden Modelle von jedem Scan sagen, den beide vorhergesagt haben.</translation>
        </message>
        <message>
            <source>Scans compared so far.</source>
            <translation>Bisher verglichene Scans.</translation>
        </message>
        <message>
            <source>Dice is the overlap with what was verified: 0 none, 1 complete. It counts verified voxels only.</source>
            <translation>Dice ist die Übereinstimmung mit dem Bestätigten: 0 keine, 1 völlige. Es zählen nur bestätigte Voxel.</translation>
        </message>
        <message>
            <source>Before and after by scan; click a heading to sort. Double-click a scan to open it.</source>
            <translation>Vorher und nachher je Scan; ein Klick auf eine Überschrift sortiert. Doppelklick öffnet einen Scan.</translation>
        </message>
        <message>
            <source>Changes over the scan</source>
            <translation>Änderungen über dem Scan</translation>
        </message>
        <message>
            <source>Show in the open scan which voxels got, lost or changed their label from the one model to the other.</source>
            <translation>Im offenen Scan zeigen, welche Voxel von einem Modell zum anderen ein Label bekamen, verloren oder änderten.</translation>
        </message>
        <message>
            <source>The colours of the changes.</source>
            <translation>Die Farben der Änderungen.</translation>
        </message>
    </context>
    <context>
        <name>Dataset</name>
        <message>
            <source>Data sets of this server.</source>
            <translation>Datensätze dieses Servers.</translation>
        </message>
        <message>
            <source>New…</source>
            <translation>Neu…</translation>
        </message>
        <message>
            <source>Make a data set: a name and the labels to segment.</source>
            <translation>Einen Datensatz anlegen: einen Namen und die Labels, die segmentiert werden sollen.</translation>
        </message>
        <message>
            <source>Name:</source>
            <translation>Name:</translation>
        </message>
        <message>
            <source>for example Kidneys, MR</source>
            <translation>zum Beispiel Nieren, MR</translation>
        </message>
        <message>
            <source>Name of the new data set; no names of patients.</source>
            <translation>Name des neuen Datensatzes; keine Namen von Patienten.</translation>
        </message>
        <message>
            <source>What is to be segmented. A value never changes, whatever the order.</source>
            <translation>Was segmentiert werden soll. Ein Wert ändert sich nie, gleich in welcher Reihenfolge.</translation>
        </message>
        <message>
            <source>Add label</source>
            <translation>Label hinzufügen</translation>
        </message>
        <message>
            <source>One more label, with the next free value.</source>
            <translation>Ein weiteres Label, mit dem nächsten freien Wert.</translation>
        </message>
        <message>
            <source>Remove label</source>
            <translation>Label entfernen</translation>
        </message>
        <message>
            <source>Take the selected label out of the list.</source>
            <translation>Das ausgewählte Label aus der Liste nehmen.</translation>
        </message>
        <message>
            <source>Create</source>
            <translation>Anlegen</translation>
        </message>
        <message>
            <source>Make the data set on the server. Its labels cannot be changed afterwards.</source>
            <translation>Den Datensatz auf dem Server anlegen. Seine Labels können danach nicht mehr geändert werden.</translation>
        </message>
        <message>
            <source>Add folder…</source>
            <translation>Ordner hinzufügen…</translation>
        </message>
        <message>
            <source>Add every scan of a folder (NIfTI, NRRD, MetaImage), and the labels beside them.</source>
            <translation>Alle Scans eines Ordners hinzufügen (NIfTI, NRRD, MetaImage), und die Labels daneben.</translation>
        </message>
        <message>
            <source>Add loaded volumes…</source>
            <translation>Geladene Volumen…</translation>
        </message>
        <message>
            <source>Add volumes that are loaded in Slicer.</source>
            <translation>Volumen hinzufügen, die in Slicer geladen sind.</translation>
        </message>
        <message>
            <source>Add DICOM series…</source>
            <translation>DICOM-Serien…</translation>
        </message>
        <message>
            <source>Add series of Slicer's DICOM database. Names of patients stay here.</source>
            <translation>Serien aus Slicers DICOM-Datenbank hinzufügen. Namen von Patienten bleiben hier.</translation>
        </message>
        <message>
            <source>Add sample scans</source>
            <translation>Beispiel-Scans hinzufügen</translation>
        </message>
        <message>
            <source>Make ten phantom scans on this computer and add them; three of them have labels. Nothing is downloaded.</source>
            <translation>Zehn Phantom-Scans auf diesem Computer machen und hinzufügen; drei davon haben Labels. Nichts wird heruntergeladen.</translation>
        </message>
        <message>
            <source>Use names of files, volumes and series as case names</source>
            <translation>Fälle wie ihre Dateien, Volumen, Serien nennen</translation>
        </message>
        <message>
            <source>Without the tick the server gets case-001, case-002 and so on, and only this computer knows which scan that is. With it, names go to the server: none may say who the patient is.</source>
            <translation>Ohne Haken bekommt der Server case-001, case-002 und so weiter, und nur dieser Computer weiß, welcher Scan das ist. Mit Haken gehen Namen an den Server: Keiner darf sagen, wer der Patient ist.</translation>
        </message>
        <message>
            <source>Tick what is to be added.</source>
            <translation>Kreuzen Sie an, was hinzugefügt werden soll.</translation>
        </message>
        <message>
            <source>Add</source>
            <translation>Hinzufügen</translation>
        </message>
        <message>
            <source>Add what is ticked.</source>
            <translation>Hinzufügen, was angekreuzt ist.</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>Abbrechen</translation>
        </message>
        <message>
            <source>Add nothing.</source>
            <translation>Nichts hinzufügen.</translation>
        </message>
        <message>
            <source>How much of the scans has been sent.</source>
            <translation>Wie viel der Scans gesendet ist.</translation>
        </message>
        <message>
            <source>Stop sending. What has arrived stays; adding the same folder again goes on from there.</source>
            <translation>Das Senden anhalten. Was angekommen ist, bleibt; denselben Ordner noch einmal hinzuzufügen macht dort weiter.</translation>
        </message>
        <message>
            <source>What is being sent right now.</source>
            <translation>Was gerade gesendet wird.</translation>
        </message>
        <message>
            <source>Find a case</source>
            <translation>Einen Fall suchen</translation>
        </message>
        <message>
            <source>Show only cases with this text in their name or annotator.</source>
            <translation>Nur Fälle zeigen, in deren Namen oder Annotator dieser Text vorkommt.</translation>
        </message>
        <message>
            <source>Show only cases in this state.</source>
            <translation>Nur Fälle in diesem Stand zeigen.</translation>
        </message>
        <message>
            <source>Labels that the server does not have yet; nothing of them is lost.</source>
            <translation>Labels, die der Server noch nicht hat; nichts davon geht verloren.</translation>
        </message>
        <message>
            <source>Open</source>
            <translation>Öffnen</translation>
        </message>
        <message>
            <source>Open this case with your label; then submit it as the next revision, or set it aside.</source>
            <translation>Diesen Fall mit Ihrem Label öffnen; dann senden Sie es als nächste Revision ab, oder legen es beiseite.</translation>
        </message>
        <message>
            <source>Double-click opens a case. Click a heading to sort.</source>
            <translation>Doppelklick öffnet einen Fall. Ein Klick auf eine Überschrift sortiert.</translation>
        </message>
        <message>
            <source>How many cases there are, and in which states.</source>
            <translation>Wie viele Fälle es gibt, und in welchem Stand.</translation>
        </message>
    </context>
    <context>
        <name>Export</name>
        <message>
            <source>Export labels</source>
            <translation>Labels exportieren</translation>
        </message>
        <message>
            <source>Save the final labels as files, with a table of volumes, states, annotators and revisions.</source>
            <translation>Die fertigen Labels als Dateien speichern, mit einer Tabelle der Volumen, Stände, Annotatoren und Revisionen.</translation>
        </message>
        <message>
            <source>Scans:</source>
            <translation>Scans:</translation>
        </message>
        <message>
            <source>Whose labels to save.</source>
            <translation>Wessen Labels gespeichert werden.</translation>
        </message>
        <message>
            <source>Tick the scans whose labels to save.</source>
            <translation>Kreuzen Sie die Scans an, deren Labels gespeichert werden sollen.</translation>
        </message>
        <message>
            <source>As:</source>
            <translation>Als:</translation>
        </message>
        <message>
            <source>.seg.nrrd</source>
            <translation>.seg.nrrd</translation>
        </message>
        <message>
            <source>Slicer segmentation, with names, colours, codes and the fixed values.</source>
            <translation>Slicer-Segmentierung, mit Namen, Farben, Codes und den festen Werten.</translation>
        </message>
        <message>
            <source>NIfTI</source>
            <translation>NIfTI</translation>
        </message>
        <message>
            <source>Label volume (.nii.gz) with the fixed values.</source>
            <translation>Label-Volumen (.nii.gz) mit den festen Werten.</translation>
        </message>
        <message>
            <source>DICOM SEG</source>
            <translation>DICOM SEG</translation>
        </message>
        <message>
            <source>Uncertainty as DICOM Parametric Map</source>
            <translation>Unsicherheit als DICOM Parametric Map</translation>
        </message>
        <message>
            <source>Also what nobody has verified yet</source>
            <translation>Auch was noch niemand bestätigt hat</translation>
        </message>
        <message>
            <source>Also save predictions, and labels that are verified in part. Their file names end in -prediction and -partly-verified; the table says it too.</source>
            <translation>Auch Vorhersagen speichern, und Labels, die zum Teil bestätigt sind. Ihre Dateinamen enden auf -prediction und -partly-verified; die Tabelle sagt es auch.</translation>
        </message>
        <message>
            <source>Replace files that are there</source>
            <translation>Vorhandene Dateien ersetzen</translation>
        </message>
        <message>
            <source>Write over files of the same names. Without the tick nothing is written if one of them is there.</source>
            <translation>Dateien gleichen Namens überschreiben. Ohne Haken wird nichts geschrieben, wenn eine davon da ist.</translation>
        </message>
        <message>
            <source>Export…</source>
            <translation>Exportieren…</translation>
        </message>
        <message>
            <source>Choose a folder and save.</source>
            <translation>Einen Ordner wählen und speichern.</translation>
        </message>
        <message>
            <source>Scans saved so far.</source>
            <translation>Bisher gespeicherte Scans.</translation>
        </message>
    </context>
    <context>
        <name>Knowing</name>
        <message>
            <source>Is it enough?</source>
            <translation>Genügt es?</translation>
        </message>
        <message>
            <source>How good the models are on scans that they had not learnt from, and what more labelled scans may bring.</source>
            <translation>Wie gut die Modelle auf Scans sind, aus denen sie nicht gelernt haben, und was mehr gelabelte Scans bringen können.</translation>
        </message>
        <message>
            <source>Measure</source>
            <translation>Messen</translation>
        </message>
        <message>
            <source>Let every labelled scan test the last model that had not learnt from it.</source>
            <translation>Lässt jeden gelabelten Scan das letzte Modell prüfen, das nicht aus ihm gelernt hat.</translation>
        </message>
        <message>
            <source>Scans that have tested a model so far.</source>
            <translation>Scans, die bisher ein Modell geprüft haben.</translation>
        </message>
        <message>
            <source>Each model on the scans that were labelled after it, before they taught another one.</source>
            <translation>Jedes Modell auf den Scans, die nach ihm gelabelt wurden, bevor sie ein anderes lehrten.</translation>
        </message>
    </context>
    <context>
        <name>Label</name>
        <message>
            <source>The case that is open, and what it has so far.</source>
            <translation>Der Fall, der offen ist, und was er bisher hat.</translation>
        </message>
        <message>
            <source>Next case</source>
            <translation>Nächster Fall</translation>
        </message>
        <message>
            <source>Open the case that is most worth a label. What you painted here is kept.</source>
            <translation>Den Fall öffnen, der am ehesten ein Label wert ist. Was Sie hier gemalt haben, bleibt aufgehoben.</translation>
        </message>
        <message>
            <source>Start from prediction</source>
            <translation>Mit Vorhersage beginnen</translation>
        </message>
        <message>
            <source>Copy the prediction into the label to correct it. Only what you change counts as verified, unless you say otherwise below.</source>
            <translation>Die Vorhersage ins Label kopieren, um sie zu korrigieren. Nur was Sie ändern, gilt als bestätigt, wenn Sie unten nichts anderes sagen.</translation>
        </message>
        <message>
            <source>Put both together</source>
            <translation>Beide vereinen</translation>
        </message>
        <message>
            <source>Somebody else has submitted a label of this scan since you began: keep every voxel that either of you verified. Where you contradict each other you decide, in the section Review.</source>
            <translation>Jemand anderes hat ein Label dieses Scans abgesandt, seit Sie begonnen haben: jedes Voxel behalten, das einer von Ihnen bestätigt hat. Wo Sie einander widersprechen, entscheiden Sie im Abschnitt Durchsicht.</translation>
        </message>
        <message>
            <source>Set aside</source>
            <translation>Beiseitelegen</translation>
        </message>
        <message>
            <source>Put your edits aside and show the case as the server has it. The edits stay on disk, in the folder that is named afterwards.</source>
            <translation>Ihre Änderungen beiseitelegen und den Fall zeigen, wie ihn der Server hat. Die Änderungen bleiben auf der Platte, in dem Ordner, der danach genannt wird.</translation>
        </message>
        <message>
            <source>Verified by you:</source>
            <translation>Von Ihnen bestätigt:</translation>
        </message>
        <message>
            <source>What the next training learns from: the whole scan, or only the voxels that you changed here or verified before.</source>
            <translation>Woraus das nächste Training lernt: aus dem ganzen Scan, oder nur aus den Voxeln, die Sie hier geändert oder früher bestätigt haben.</translation>
        </message>
        <message>
            <source>Annotator:</source>
            <translation>Annotator:</translation>
        </message>
        <message>
            <source>who labels (optional)</source>
            <translation>wer labelt (freiwillig)</translation>
        </message>
        <message>
            <source>Your name or a code, sent with each label and shown to others who work on this data set. Leave it empty to send none.</source>
            <translation>Ihr Name oder ein Kürzel, wird mit jedem Label gesendet und anderen gezeigt, die an diesem Datensatz arbeiten. Lassen Sie es leer, um keinen zu senden.</translation>
        </message>
        <message>
            <source>Submit (Ctrl+Return)</source>
            <translation>Absenden (Strg+Eingabe)</translation>
        </message>
        <message>
            <source>Check the label, send it in the background and open the next case. Keys: Ctrl+Return.</source>
            <translation>Das Label prüfen, im Hintergrund senden und den nächsten Fall öffnen. Tasten: Strg+Eingabe.</translation>
        </message>
    </context>
    <context>
        <name>Rail</name>
        <message>
            <source>Next</source>
            <translation>Weiter</translation>
        </message>
        <message>
            <source>Show me</source>
            <translation>Zeig es mir</translation>
        </message>
        <message>
            <source>Start a server on this computer, make sample scans, train a first model and go to its most uncertain region. Nothing of yours is sent anywhere; all of it lies in the folder that Advanced names.</source>
            <translation>Startet einen Server auf diesem Computer, erzeugt Beispielscans, trainiert ein erstes Modell und geht zur unsichersten Region. Von Ihren Daten wird nichts verschickt; alles liegt in dem Ordner, den Erweitert nennt.</translation>
        </message>
    </context>
    <context>
        <name>Results</name>
        <message>
            <source>The models of this data set, newest first. The one in bold is in use: its predictions are shown.</source>
            <translation>Die Modelle dieses Datensatzes, das neueste zuerst. Das fette ist in Gebrauch: Seine Vorhersagen werden gezeigt.</translation>
        </message>
        <message>
            <source>Use</source>
            <translation>Benutzen</translation>
        </message>
        <message>
            <source>Show the predictions of the selected model, an older one too; those that are missing are made.</source>
            <translation>Die Vorhersagen des ausgewählten Modells zeigen, auch eines älteren; fehlende werden gemacht.</translation>
        </message>
        <message>
            <source>Export…</source>
            <translation>Exportieren…</translation>
        </message>
        <message>
            <source>Save the selected model as a MONAI bundle, which runs without DualNetSSL.</source>
            <translation>Das ausgewählte Modell als MONAI-Bundle speichern, das ohne DualNetSSL läuft.</translation>
        </message>
        <message>
            <source>Predictions on their way from the server. What has come already is not fetched again.</source>
            <translation>Vorhersagen auf dem Weg vom Server. Was schon da ist, wird nicht noch einmal geholt.</translation>
        </message>
        <message>
            <source>Stop</source>
            <translation>Anhalten</translation>
        </message>
        <message>
            <source>Stop fetching. A case that is opened fetches its own prediction.</source>
            <translation>Das Holen anhalten. Ein Fall, der geöffnet wird, holt seine eigene Vorhersage.</translation>
        </message>
        <message>
            <source>What the model says of each case, the least certain first. Double-click a case to open it.</source>
            <translation>Was das Modell von jedem Fall sagt, die unsichersten zuerst. Doppelklick öffnet einen Fall.</translation>
        </message>
        <message>
            <source>Uncertainty over the anatomy</source>
            <translation>Unsicherheit über der Anatomie</translation>
        </message>
        <message>
            <source>Show where the networks are unsure, over the scan.</source>
            <translation>Über dem Scan zeigen, wo die Netze unsicher sind.</translation>
        </message>
        <message>
            <source>Show:</source>
            <translation>Zeigen:</translation>
        </message>
        <message>
            <source>Uncertainty: how unsure both networks are together. Disagreement: how far they contradict each other.</source>
            <translation>Unsicherheit: wie unsicher beide Netze zusammen sind. Widerspruch: wie weit sie einander widersprechen.</translation>
        </message>
        <message>
            <source>About:</source>
            <translation>Über:</translation>
        </message>
        <message>
            <source>All doubt, or only that within the predicted voxels of one label and directly beside them.</source>
            <translation>Aller Zweifel, oder nur der in den vorhergesagten Voxeln eines Labels und direkt daneben.</translation>
        </message>
        <message>
            <source>From:</source>
            <translation>Ab:</translation>
        </message>
        <message>
            <source>Voxels below this value stay clear. 0 is certain; 1 is as unsure as can be.</source>
            <translation>Voxel unter diesem Wert bleiben klar. 0 ist sicher; 1 ist so unsicher wie möglich.</translation>
        </message>
        <message>
            <source>Opacity:</source>
            <translation>Deckkraft:</translation>
        </message>
        <message>
            <source>How much the map hides the scan beneath it.</source>
            <translation>Wie sehr die Karte den Scan darunter verdeckt.</translation>
        </message>
        <message>
            <source>Colours:</source>
            <translation>Farben:</translation>
        </message>
        <message>
            <source>0</source>
            <translation>0</translation>
        </message>
        <message>
            <source>The colours of the map, from 0 (certain, clear) to 1 (as unsure as can be).</source>
            <translation>Die Farben der Karte, von 0 (sicher, klar) bis 1 (so unsicher wie möglich).</translation>
        </message>
        <message>
            <source>logarithmic: small doubt stands out</source>
            <translation>logarithmisch: kleiner Zweifel tritt hervor</translation>
        </message>
        <message>
            <source>Spread the colours so that small values take up more of them, where most of a map lies close to 0.</source>
            <translation>Die Farben so verteilen, dass kleine Werte mehr von ihnen bekommen, wo das meiste einer Karte nahe 0 liegt.</translation>
        </message>
        <message>
            <source>Legend:</source>
            <translation>Legende:</translation>
        </message>
        <message>
            <source>in the slice views</source>
            <translation>in den Schichtansichten</translation>
        </message>
        <message>
            <source>Show in the slice views which colour stands for which value.</source>
            <translation>In den Schichtansichten zeigen, welche Farbe für welchen Wert steht.</translation>
        </message>
        <message>
            <source>How often the model was wrong where it was as unsure as this, counted on scans whose truth is known.</source>
            <translation>Wie oft das Modell falsch lag, wo es so unsicher war, gezählt auf Scans, deren Wahrheit bekannt ist.</translation>
        </message>
        <message>
            <source>In 3D:</source>
            <translation>In 3D:</translation>
        </message>
        <message>
            <source>on the surface of the prediction</source>
            <translation>auf der Oberfläche der Vorhersage</translation>
        </message>
        <message>
            <source>Show the predicted label as a surface in the 3D view, coloured by the map.</source>
            <translation>Das vorhergesagte Label als Oberfläche in der 3D-Ansicht zeigen, von der Karte gefärbt.</translation>
        </message>
        <message>
            <source>Cursor:</source>
            <translation>Zeiger:</translation>
        </message>
        <message>
            <source>The map under the mouse in a slice view, also where it is below the threshold.</source>
            <translation>Die Karte unter der Maus in einer Schichtansicht, auch wo sie unter der Schwelle liegt.</translation>
        </message>
    </context>
    <context>
        <name>Review</name>
        <message>
            <source>Regions whose every voxel is verified, and how much of the volume that is expected to be wrong in this scan lies in verified voxels.</source>
            <translation>Regionen, deren Voxel alle bestätigt sind, und wie viel von dem Volumen, das in diesem Scan vermutlich falsch ist, in bestätigten Voxeln liegt.</translation>
        </message>
        <message>
            <source>Places where the model is unsure, the most rewarding first. Click one to go there. The threshold of the map decides what is listed.</source>
            <translation>Stellen, an denen das Modell unsicher ist, die lohnendsten zuerst. Ein Klick führt hin. Die Schwelle der Karte bestimmt, was aufgeführt wird.</translation>
        </message>
        <message>
            <source>The slice of the region that is seen, along the direction that you went last. The wheel does not leave the region; a slider or the crosshair does.</source>
            <translation>Die Schicht der Region, die zu sehen ist, in der Richtung, in der Sie zuletzt gingen. Das Mausrad verlässt die Region nicht; ein Schieber oder das Fadenkreuz schon.</translation>
        </message>
        <message>
            <source>One field a slice of the region: green was looked at, grey was not, yellow is seen now.</source>
            <translation>Ein Feld je Schicht der Region: Grün wurde angesehen, Grau nicht, Gelb ist jetzt zu sehen.</translation>
        </message>
        <message>
            <source>The colours of the map while it is seen, and how to see it.</source>
            <translation>Die Farben der Karte, solange sie zu sehen ist, und wie man sie sieht.</translation>
        </message>
        <message>
            <source>Previous</source>
            <translation>Zurück</translation>
        </message>
        <message>
            <source>Go to the region before, in the order of the table.</source>
            <translation>Zur Region davor, in der Reihenfolge der Tabelle.</translation>
        </message>
        <message>
            <source>Next</source>
            <translation>Weiter</translation>
        </message>
        <message>
            <source>Go to the next region. The slice views jump there and zoom; one of them keeps the whole scan, the 3D view lights the region in the organ.</source>
            <translation>Zur nächsten Region. Die Schichtansichten springen hin und vergrößern; eine davon behält den ganzen Scan, die 3D-Ansicht zeigt die Region leuchtend im Organ.</translation>
        </message>
        <message>
            <source>Map</source>
            <translation>Karte</translation>
        </message>
        <message>
            <source>Keep the map of uncertainty in the views while regions are looked at, or hide it again. Hold the key for a glance.</source>
            <translation>Die Unsicherheitskarte in den Ansichten lassen, während Regionen angesehen werden, oder wieder ausblenden. Für einen kurzen Blick die Taste halten.</translation>
        </message>
        <message>
            <source>Undo</source>
            <translation>Rückgängig</translation>
        </message>
        <message>
            <source>Take back the last stroke or what was verified last, and the label that it changed. Ctrl+Z takes back strokes of the Segment Editor.</source>
            <translation>Nimmt den letzten Strich oder das zuletzt Geprüfte zurück, samt der Beschriftung, die es geändert hat. Strg+Z nimmt Striche des Segment Editor zurück.</translation>
        </message>
        <message>
            <source>Accept</source>
            <translation>Annehmen</translation>
        </message>
        <message>
            <source>Vouch for this region as it is labelled now, painted on or not, and go to the next open one.</source>
            <translation>Für diese Region bürgen, wie sie jetzt gelabelt ist, ob übermalt oder nicht, und zur nächsten offenen gehen.</translation>
        </message>
        <message>
            <source>Brush</source>
            <translation>Pinsel</translation>
        </message>
        <message>
            <source>Take the brush: it paints the class chosen below, inside this region alone. Accept when you have finished.</source>
            <translation>Den Pinsel nehmen: Er malt die unten gewählte Klasse, nur in dieser Region. Annehmen, wenn Sie fertig sind.</translation>
        </message>
        <message>
            <source>Erase</source>
            <translation>Radierer</translation>
        </message>
        <message>
            <source>Take the eraser: a brush of background, inside this region alone.</source>
            <translation>Den Radierer nehmen: ein Pinsel für Hintergrund, nur in dieser Region.</translation>
        </message>
        <message>
            <source>Restore</source>
            <translation>Zurücksetzen</translation>
        </message>
        <message>
            <source>Put the prediction back into this region, vouch for it, and go to the next open one.</source>
            <translation>Die Vorhersage in diese Region zurückbringen, für sie bürgen und zur nächsten offenen gehen.</translation>
        </message>
        <message>
            <source>Trace</source>
            <translation>Nachziehen</translation>
        </message>
        <message>
            <source>Take the Segment Editor's level tracing with the chosen class, inside this region alone.</source>
            <translation>Das Nachziehen (Level tracing) des Segment Editor mit der gewählten Klasse nehmen, nur in dieser Region.</translation>
        </message>
        <message>
            <source>Network 1</source>
            <translation>Netz 1</translation>
        </message>
        <message>
            <source>Show how the first network labels this region. The same again takes that, vouches for it, and goes on.</source>
            <translation>Zeigt, wie das erste Netz diese Region labelt. Dasselbe noch einmal übernimmt das, bürgt dafür und geht weiter.</translation>
        </message>
        <message>
            <source>Network 2</source>
            <translation>Netz 2</translation>
        </message>
        <message>
            <source>Show how the second network labels this region. The same again takes that, vouches for it, and goes on.</source>
            <translation>Zeigt, wie das zweite Netz diese Region labelt. Dasselbe noch einmal übernimmt das, bürgt dafür und geht weiter.</translation>
        </message>
        <message>
            <source>Runner-up</source>
            <translation>Zweitbeste</translation>
        </message>
        <message>
            <source>Show the class that is second most likely in each voxel of this region. The same again takes it.</source>
            <translation>Zeigt in jedem Voxel dieser Region die zweitwahrscheinlichste Klasse. Dasselbe noch einmal übernimmt sie.</translation>
        </message>
        <message>
            <source>Between</source>
            <translation>Dazwischen</translation>
        </message>
        <message>
            <source>Show the slices between those that you have painted in this region filled. The same again takes it.</source>
            <translation>Zeigt die Schichten zwischen denen, die Sie in dieser Region gemalt haben, ausgefüllt. Dasselbe noch einmal übernimmt es.</translation>
        </message>
        <message>
            <source>Grow</source>
            <translation>Wachsen</translation>
        </message>
        <message>
            <source>Show this region grown from seeds: what you have painted, what is verified, what both networks are certain of, and all around. The same again takes it.</source>
            <translation>Zeigt diese Region aus Keimen gewachsen: was Sie gemalt haben, was geprüft ist, wessen sich beide Netze sicher sind, und alles ringsum. Dasselbe noch einmal übernimmt es.</translation>
        </message>
        <message>
            <source>Smaller</source>
            <translation>Kleiner</translation>
        </message>
        <message>
            <source>Show the class in question one voxel smaller in this region. The same again takes it.</source>
            <translation>Zeigt die fragliche Klasse in dieser Region ein Voxel kleiner. Dasselbe noch einmal übernimmt das.</translation>
        </message>
        <message>
            <source>Larger</source>
            <translation>Größer</translation>
        </message>
        <message>
            <source>Show the class in question one voxel larger in this region, over background. The same again takes it.</source>
            <translation>Zeigt die fragliche Klasse in dieser Region ein Voxel größer, über den Hintergrund. Dasselbe noch einmal übernimmt das.</translation>
        </message>
        <message>
            <source>All</source>
            <translation>Alles</translation>
        </message>
        <message>
            <source>Show all of this region as the class in question. The same again takes it.</source>
            <translation>Zeigt diese ganze Region als die fragliche Klasse. Dasselbe noch einmal übernimmt das.</translation>
        </message>
        <message>
            <source>Nothing</source>
            <translation>Nichts</translation>
        </message>
        <message>
            <source>Show all of this region as background. The same again takes it.</source>
            <translation>Zeigt diese ganze Region als Hintergrund. Dasselbe noch einmal übernimmt das.</translation>
        </message>
        <message>
            <source>Brush:</source>
            <translation>Pinsel:</translation>
        </message>
        <message>
            <source> mm</source>
            <translation> mm</translation>
        </message>
        <message>
            <source>Width of the brush. Shift and the wheel change it while it is over a slice view.</source>
            <translation>Breite des Pinsels. Umschalt und Mausrad ändern sie, während er über einer Schichtansicht ist.</translation>
        </message>
        <message>
            <source>Sphere</source>
            <translation>Kugel</translation>
        </message>
        <message>
            <source>Paint a ball, in the slices above and below too, in place of a disc in the slice.</source>
            <translation>Eine Kugel malen, auch in den Schichten darüber und darunter, statt einer Scheibe in der Schicht.</translation>
        </message>
        <message>
            <source>Lock</source>
            <translation>Sperren</translation>
        </message>
        <message>
            <source>Let the chosen class neither lose nor gain a voxel, whatever is painted or taken here.</source>
            <translation>Die gewählte Klasse verliert und gewinnt kein Voxel, was immer hier gemalt oder übernommen wird.</translation>
        </message>
        <message>
            <source>A touch is three voxels wide. It spreads over like intensities within the region and fades; what is verified stays. The keys act while the mouse is in a slice view, and Accept takes what is shown.</source>
            <translation>Eine Berührung ist drei Voxel breit. Sie breitet sich in der Region über ähnliche Intensitäten aus und klingt ab; was bestätigt ist, bleibt. Die Tasten wirken, solange die Maus in einer Schichtansicht ist, und Annehmen übernimmt, was gezeigt wird.</translation>
        </message>
        <message>
            <source>The keys turn the view that the mouse is in, and else the one that was turned last.</source>
            <translation>Die Tasten blättern in der Ansicht, in der die Maus ist, sonst in der zuletzt bewegten.</translation>
        </message>
        <message>
            <source>Keys and choices</source>
            <translation>Tasten und Vorgaben</translation>
        </message>
        <message>
            <source>Which keys do what: they stand on the buttons and in the lines below them. And what the brush may reach, and what the mouse shows.</source>
            <translation>Welche Tasten was tun: Sie stehen auf den Schaltflächen und in den Zeilen darunter. Und was der Pinsel erreichen darf und was die Maus zeigt.</translation>
        </message>
        <message>
            <source>Show what a touch at the mouse would change</source>
            <translation>Zeigen, was eine Berührung hier ändert</translation>
        </message>
        <message>
            <source>A line is drawn round it while the mouse moves through the region. Nothing changes before the key of the touch is pressed.</source>
            <translation>Eine Linie umfährt es, während sich die Maus durch die Region bewegt. Nichts ändert sich, bevor die Taste der Berührung gedrückt wird.</translation>
        </message>
        <message>
            <source>Segment Editor: inside the region only</source>
            <translation>Segment Editor: nur in der Region</translation>
        </message>
        <message>
            <source>Limit the Segment Editor's effects to the region that is selected, by its masking. Its eraser acts on the active segment everywhere; brush and eraser of this section never leave the region.</source>
            <translation>Die Effekte des Segment Editor auf die gewählte Region beschränken, mit dessen Maskierung. Sein Radierer wirkt auf das aktive Segment überall; Pinsel und Radierer dieses Abschnitts verlassen die Region nie.</translation>
        </message>
        <message>
            <source>Keys:</source>
            <translation>Tasten:</translation>
        </message>
        <message>
            <source>Eleven keys with spaces between, ⇧ or Shift+ for Shift: next, previous, accept, brush, restore, map, undo, eraser, next class, next slice, previous slice. They act while the mouse or the keyboard is in this section or in a slice view, and are silent while text is typed.</source>
            <translation>Elf Tasten mit Leerzeichen dazwischen, ⇧ oder Shift+ für Umschalt: nächste, vorige, annehmen, Pinsel, zurücksetzen, Karte, rückgängig, Radierer, nächste Klasse, nächste Schicht, vorige Schicht. Sie wirken, solange Maus oder Tastatur in diesem Abschnitt oder in einer Schichtansicht sind, und schweigen, während Text getippt wird.</translation>
        </message>
        <message>
            <source>Keys to mend:</source>
            <translation>Tasten zum Bessern:</translation>
        </message>
        <message>
            <source>Eleven keys with spaces between, ⇧ or Shift+ for Shift: network 1, network 2, spread the class, spread background, runner-up, smaller, larger, all, nothing, between, grow. They act where the keys above do.</source>
            <translation>Elf Tasten mit Leerzeichen dazwischen, ⇧ oder Shift+ für Umschalt: Netz 1, Netz 2, Klasse ausbreiten, Hintergrund ausbreiten, zweitwahrscheinlichste, kleiner, größer, alles, nichts, dazwischen, wachsen. Sie wirken, wo die Tasten oben wirken.</translation>
        </message>
        <message>
            <source>Keys of the list:</source>
            <translation>Tasten der Liste:</translation>
        </message>
        <message>
            <source>Two keys with a space between, ⇧ or Shift+ for Shift: next scan, same kind. They act where the keys above do, and give way to those.</source>
            <translation>Zwei Tasten mit einem Leerzeichen dazwischen, ⇧ oder Shift+ für Umschalt: nächster Scan, gleiche Art. Sie wirken, wo die Tasten darüber wirken, und weichen diesen.</translation>
        </message>
        <message>
            <source>Which case comes next: the one with the largest volume that is expected to be wrong and is not verified, any with something in it, by name, or the least certain.</source>
            <translation>Welcher Fall als nächster kommt: der mit dem größten Volumen, das vermutlich falsch und nicht bestätigt ist, irgendeiner, in dem etwas ist, nach Namen, oder der unsicherste.</translation>
        </message>
        <message>
            <source>Next case</source>
            <translation>Nächster Fall</translation>
        </message>
        <message>
            <source>Open the next case in this order. What you did here is kept.</source>
            <translation>Den nächsten Fall in dieser Reihenfolge öffnen. Was Sie hier getan haben, bleibt aufgehoben.</translation>
        </message>
        <message>
            <source>Whole scan</source>
            <translation>Ganzer Scan</translation>
        </message>
        <message>
            <source>Vouch for the whole scan as it is labelled now: every voxel counts as verified.</source>
            <translation>Für den ganzen Scan bürgen, wie er jetzt gelabelt ist: Jedes Voxel gilt als bestätigt.</translation>
        </message>
        <message>
            <source>Submit</source>
            <translation>Absenden</translation>
        </message>
        <message>
            <source>Send the label with what is verified, in the background, and open the next case. Keys: Ctrl+Return.</source>
            <translation>Das Label mit dem, was bestätigt ist, im Hintergrund senden und den nächsten Fall öffnen. Tasten: Strg+Eingabe.</translation>
        </message>
    </context>
    <context>
        <name>Server</name>
        <message>
            <source>Not connected</source>
            <translation>Nicht verbunden</translation>
        </message>
        <message>
            <source>Whether a server is there and answers.</source>
            <translation>Ob ein Server da ist und antwortet.</translation>
        </message>
        <message>
            <source>Start local server</source>
            <translation>Lokalen Server starten</translation>
        </message>
        <message>
            <source>Start a server on this computer. The first time, its own Python environment is made; nothing of Slicer's is changed.</source>
            <translation>Einen Server auf diesem Computer starten. Beim ersten Mal wird seine eigene Python-Umgebung gemacht; an Slicers wird nichts geändert.</translation>
        </message>
        <message>
            <source>Stop server</source>
            <translation>Server anhalten</translation>
        </message>
        <message>
            <source>Stop the server on this computer. What it has stored stays. A training that runs goes on by itself; the server finds it again when it starts.</source>
            <translation>Den Server auf diesem Computer anhalten. Was er gespeichert hat, bleibt. Ein laufendes Training geht von selbst weiter; der Server findet es wieder, wenn er startet.</translation>
        </message>
        <message>
            <source>Disconnect</source>
            <translation>Trennen</translation>
        </message>
        <message>
            <source>Leave the server. It goes on with what it does.</source>
            <translation>Den Server verlassen. Er macht weiter, was er tut.</translation>
        </message>
        <message>
            <source>How far the start of the local server has come.</source>
            <translation>Wie weit der Start des lokalen Servers ist.</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>Abbrechen</translation>
        </message>
        <message>
            <source>Stop what is going on; what was done so far is used the next time.</source>
            <translation>Anhalten, was im Gang ist; was bis jetzt getan wurde, wird das nächste Mal benutzt.</translation>
        </message>
        <message>
            <source>What is being done right now.</source>
            <translation>Was gerade geschieht.</translation>
        </message>
        <message>
            <source>Another computer's server</source>
            <translation>Server eines anderen Computers</translation>
        </message>
        <message>
            <source>Connect to a server that runs already, here or elsewhere.</source>
            <translation>Mit einem Server verbinden, der schon läuft, hier oder anderswo.</translation>
        </message>
        <message>
            <source>Address:</source>
            <translation>Adresse:</translation>
        </message>
        <message>
            <source>name:8765</source>
            <translation>name:8765</translation>
        </message>
        <message>
            <source>Address that the server printed when it started; http:// may be left out.</source>
            <translation>Adresse, die der Server beim Start gezeigt hat; http:// kann fehlen.</translation>
        </message>
        <message>
            <source>Token:</source>
            <translation>Token:</translation>
        </message>
        <message>
            <source>Token that the server printed when it started. It is kept only until Slicer closes.</source>
            <translation>Token, das der Server beim Start gezeigt hat. Es wird nur behalten, bis Slicer schließt.</translation>
        </message>
        <message>
            <source>Certificate:</source>
            <translation>Zertifikat:</translation>
        </message>
        <message>
            <source>only for a self-signed one</source>
            <translation>nur für ein selbst signiertes</translation>
        </message>
        <message>
            <source>SHA-256 fingerprint of the server's own certificate, if it has one that nobody else vouches for.</source>
            <translation>SHA-256-Fingerabdruck des eigenen Zertifikats des Servers, wenn er eines hat, für das sonst niemand bürgt.</translation>
        </message>
        <message>
            <source>Test</source>
            <translation>Prüfen</translation>
        </message>
        <message>
            <source>Try address, certificate and token, and say which of them is wrong. Nothing is changed.</source>
            <translation>Adresse, Zertifikat und Token ausprobieren, und sagen, was davon falsch ist. Nichts wird geändert.</translation>
        </message>
        <message>
            <source>Connect</source>
            <translation>Verbinden</translation>
        </message>
        <message>
            <source>Use this server.</source>
            <translation>Diesen Server benutzen.</translation>
        </message>
        <message>
            <source>Trust this certificate</source>
            <translation>Diesem Zertifikat vertrauen</translation>
        </message>
        <message>
            <source>Accept the certificate that the server showed, and no other. Ask its owner first whether the fingerprint is right.</source>
            <translation>Das Zertifikat annehmen, das der Server gezeigt hat, und kein anderes. Fragen Sie zuerst seinen Besitzer, ob der Fingerabdruck stimmt.</translation>
        </message>
        <message>
            <source>I may send these scans to this server</source>
            <translation>Ich darf diese Scans an diesen Server senden</translation>
        </message>
        <message>
            <source>Asked once for every server that is not this computer. Nothing is sent before.</source>
            <translation>Einmal gefragt für jeden Server, der nicht dieser Computer ist. Vorher wird nichts gesendet.</translation>
        </message>
        <message>
            <source>Advanced</source>
            <translation>Erweitert</translation>
        </message>
        <message>
            <source>Where the local server keeps its things and what it computes on.</source>
            <translation>Wo der lokale Server seine Sachen hat und worauf er rechnet.</translation>
        </message>
        <message>
            <source>Server folder:</source>
            <translation>Ordner des Servers:</translation>
        </message>
        <message>
            <source>Folder of the local server's environment and data. Delete it and all is gone.</source>
            <translation>Ordner der Umgebung und der Daten des lokalen Servers. Löschen Sie ihn, und alles ist weg.</translation>
        </message>
        <message>
            <source>Compute on:</source>
            <translation>Rechnen auf:</translation>
        </message>
        <message>
            <source>Graphics card or processor. Which build of PyTorch is installed depends on it.</source>
            <translation>Grafikkarte oder Prozessor. Davon hängt ab, welches PyTorch installiert wird.</translation>
        </message>
        <message>
            <source>Stop the server when Slicer closes</source>
            <translation>Den Server anhalten, wenn Slicer schließt</translation>
        </message>
        <message>
            <source>Without the tick the server goes on when Slicer is closed. A training that runs goes on either way, and is found again.</source>
            <translation>Ohne Haken läuft der Server weiter, wenn Slicer geschlossen wird. Ein laufendes Training geht so oder so weiter und wird wiedergefunden.</translation>
        </message>
    </context>
    <context>
        <name>Slices</name>
        <message>
            <source>Label:</source>
            <translation>Labeln:</translation>
        </message>
        <message>
            <source>Whole scan: every voxel. Slices: a few slices of each of many scans. Boxes: a small box of each of many scans. What lies outside them does not count, unless bounds say that it is background.</source>
            <translation>Ganzer Scan: jedes Voxel. Schichten: wenige Schichten in jedem von vielen Scans. Boxen: eine kleine Box in jedem von vielen Scans. Was außerhalb liegt, zählt nicht, außer wenn Grenzen sagen, dass es Hintergrund ist.</translation>
        </message>
        <message>
            <source>Proposed slices or boxes that are verified, the share of the scan that is verified with what the bounds make background, and how long you have worked on this scan and on all. Pauses do not count.</source>
            <translation>Vorgeschlagene Schichten oder Boxen, die bestätigt sind, der Anteil des Scans, der bestätigt ist, mit dem, was die Grenzen zu Hintergrund machen, und wie lange Sie an diesem Scan und an allen gearbeitet haben. Pausen zählen nicht.</translation>
        </message>
        <message>
            <source>Bounds: within them the organ lies, outside all is background.</source>
            <translation>Grenzen: Innerhalb liegt das Organ, außerhalb ist alles Hintergrund.</translation>
        </message>
        <message>
            <source>Previous</source>
            <translation>Zurück</translation>
        </message>
        <message>
            <source>Go to the proposed slice before this one. Nothing is verified by that.</source>
            <translation>Zur vorgeschlagenen Schicht vor dieser gehen. Dadurch wird nichts bestätigt.</translation>
        </message>
        <message>
            <source>Next</source>
            <translation>Weiter</translation>
        </message>
        <message>
            <source>What is painted in this slice or box is verified as it is, and the next one comes. After the last one: submit, and open the next scan.</source>
            <translation>Was in dieser Schicht oder Box gemalt ist, wird bestätigt, wie es ist, und die nächste kommt. Nach der letzten: absenden und den nächsten Scan öffnen.</translation>
        </message>
        <message>
            <source>Empty</source>
            <translation>Leer</translation>
        </message>
        <message>
            <source>Nothing of any label is in this slice or box: verify that, and go on.</source>
            <translation>In dieser Schicht oder Box ist nichts von irgendeinem Label: das bestätigen und weitergehen.</translation>
        </message>
        <message>
            <source>Undo</source>
            <translation>Rückgängig</translation>
        </message>
        <message>
            <source>Take back what was verified or marked last. Ctrl+Z takes back strokes of the brush.</source>
            <translation>Zurücknehmen, was zuletzt bestätigt oder markiert wurde. Strg+Z nimmt Pinselstriche zurück.</translation>
        </message>
        <message>
            <source>First slice</source>
            <translation>Erste Schicht</translation>
        </message>
        <message>
            <source>The organ begins with the slice that is seen: all before it is verified as background. What the model alone proposes there is taken away.</source>
            <translation>Das Organ beginnt mit der Schicht, die zu sehen ist: Alles davor wird als Hintergrund bestätigt. Was dort allein das Modell vorschlägt, wird weggenommen.</translation>
        </message>
        <message>
            <source>Last slice</source>
            <translation>Letzte Schicht</translation>
        </message>
        <message>
            <source>The organ ends with the slice that is seen: all after it is verified as background. What the model alone proposes there is taken away.</source>
            <translation>Das Organ endet mit der Schicht, die zu sehen ist: Alles danach wird als Hintergrund bestätigt. Was dort allein das Modell vorschlägt, wird weggenommen.</translation>
        </message>
        <message>
            <source>Fit box</source>
            <translation>Box anpassen</translation>
        </message>
        <message>
            <source>The organ lies in a box around all that is painted, with the margin below: outside all is verified as background.</source>
            <translation>Das Organ liegt in einer Box um alles Gemalte, mit dem Rand, der unten steht: Außerhalb wird alles als Hintergrund bestätigt.</translation>
        </message>
        <message>
            <source>No bounds</source>
            <translation>Keine Grenzen</translation>
        </message>
        <message>
            <source>Take first slice, last slice and box away. Nothing is verified because of them any more.</source>
            <translation>Erste Schicht, letzte Schicht und Box wegnehmen. Ihretwegen ist nichts mehr bestätigt.</translation>
        </message>
        <message>
            <source>Box corner</source>
            <translation>Box-Ecke</translation>
        </message>
        <message>
            <source>Point at two opposite corners of a box around the organ in one slice view, with the key at each, then at two in another view: outside the box all is verified as background.</source>
            <translation>Auf zwei gegenüberliegende Ecken einer Box um das Organ in einer Schichtansicht zeigen, an jeder die Taste drücken, dann auf zwei in einer anderen Ansicht: außerhalb der Box ist alles als Hintergrund bestätigt.</translation>
        </message>
        <message>
            <source>Between</source>
            <translation>Dazwischen</translation>
        </message>
        <message>
            <source>Propose what lies between verified slices, in outlines. It counts only once you take it.</source>
            <translation>Vorschlagen, was zwischen bestätigten Schichten liegt, in Umrissen. Es zählt erst, wenn Sie es übernehmen.</translation>
        </message>
        <message>
            <source>Take</source>
            <translation>Übernehmen</translation>
        </message>
        <message>
            <source>Take the proposal for the slice that is seen, which verifies it, and go to the next one.</source>
            <translation>Den Vorschlag für die Schicht, die zu sehen ist, übernehmen, was sie bestätigt, und zur nächsten gehen.</translation>
        </message>
        <message>
            <source>Box here</source>
            <translation>Box hierher</translation>
        </message>
        <message>
            <source>Put the box where the slice views cross.</source>
            <translation>Die Box dorthin setzen, wo sich die Schichtansichten kreuzen.</translation>
        </message>
        <message>
            <source>Next scan</source>
            <translation>Nächster Scan</translation>
        </message>
        <message>
            <source>Verify what is painted here, submit, and open the next scan. What the model alone proposes here is not verified by that.</source>
            <translation>Bestätigen, was hier gemalt ist, absenden und den nächsten Scan öffnen. Was hier allein das Modell vorschlägt, wird dadurch nicht bestätigt.</translation>
        </message>
        <message>
            <source>How many, which plane, which keys</source>
            <translation>Wie viele, welche Ebene, welche Tasten</translation>
        </message>
        <message>
            <source>How many slices or boxes, in which plane, how large, and the keys.</source>
            <translation>Wie viele Schichten oder Boxen, in welcher Ebene, wie groß, und die Tasten.</translation>
        </message>
        <message>
            <source>Of each scan:</source>
            <translation>Aus jedem Scan:</translation>
        </message>
        <message>
            <source>How many slices or boxes of each scan are proposed, evenly through the organ.</source>
            <translation>Wie viele Schichten oder Boxen jedes Scans vorgeschlagen werden, gleichmäßig durch das Organ.</translation>
        </message>
        <message>
            <source>Plane:</source>
            <translation>Ebene:</translation>
        </message>
        <message>
            <source>Which slices are painted. As the scan was taken: across its thick slices, or else axial.</source>
            <translation>Welche Schichten gemalt werden. Wie aufgenommen: in der Ebene seiner dicken Schichten, sonst axial.</translation>
        </message>
        <message>
            <source>Side of a box:</source>
            <translation>Seite einer Box:</translation>
        </message>
        <message>
            <source> voxels</source>
            <translation> Voxel</translation>
        </message>
        <message>
            <source>How long each side of a box is.</source>
            <translation>Wie lang jede Seite einer Box ist.</translation>
        </message>
        <message>
            <source>Margin of Fit box:</source>
            <translation>Rand bei „Box anpassen“:</translation>
        </message>
        <message>
            <source> mm</source>
            <translation> mm</translation>
        </message>
        <message>
            <source>How far the box reaches beyond what is painted, on every side.</source>
            <translation>Wie weit die Box auf jeder Seite über das Gemalte hinausreicht.</translation>
        </message>
        <message>
            <source>Keys:</source>
            <translation>Tasten:</translation>
        </message>
        <message>
            <source>One key each with spaces between, for next, previous, empty, first, last, fit, here, between, take, undo, scan.</source>
            <translation>Je eine Taste mit Leerzeichen dazwischen, für weiter, zurück, leer, erste, letzte, anpassen, hierher, dazwischen, übernehmen, rückgängig, Scan.</translation>
        </message>
    </context>
    <context>
        <name>Train</name>
        <message>
            <source>Learn from:</source>
            <translation>Lernen aus:</translation>
        </message>
        <message>
            <source>What the networks learn from. Where it was measured, the unlabelled scans helped most beside a single labelled one; beside four labelled hippocampi labels only did as well, in less time. As published is for comparison: with few labels it can fail.</source>
            <translation>Woraus die Netze lernen. Wo es gemessen wurde, halfen die Scans ohne Label am meisten neben einem einzigen gelabelten; neben vier gelabelten Hippocampi taten es Labels allein ebenso gut, in kürzerer Zeit. „Wie veröffentlicht“ dient dem Vergleich: Mit wenigen Labels kann es scheitern.</translation>
        </message>
        <message>
            <source>Time budget:</source>
            <translation>Zeitvorgabe:</translation>
        </message>
        <message>
            <source> min</source>
            <translation> min</translation>
        </message>
        <message>
            <source>About how long the training may take. Longer is better, with less and less gain.</source>
            <translation>Etwa wie lange das Training dauern darf. Länger ist besser, mit immer weniger Gewinn.</translation>
        </message>
        <message>
            <source>Go on from the model in use</source>
            <translation>Vom Modell in Gebrauch ausgehen</translation>
        </message>
        <message>
            <source>Start from what the model in use has learnt. Without the tick the training starts anew, from nothing.</source>
            <translation>Von dem ausgehen, was das Modell in Gebrauch gelernt hat. Ohne Haken beginnt das Training neu, aus nichts.</translation>
        </message>
        <message>
            <source>Steps that fit into the time, and memory that the training needs.</source>
            <translation>Schritte, die in die Zeit passen, und Speicher, den das Training braucht.</translation>
        </message>
        <message>
            <source>Advanced</source>
            <translation>Erweitert</translation>
        </message>
        <message>
            <source>For those who know the method.</source>
            <translation>Für alle, die das Verfahren kennen.</translation>
        </message>
        <message>
            <source>Steps:</source>
            <translation>Schritte:</translation>
        </message>
        <message>
            <source>by the time budget</source>
            <translation>nach der Zeitvorgabe</translation>
        </message>
        <message>
            <source>Number of training steps; 0 takes as many as fit into the time budget.</source>
            <translation>Zahl der Trainingsschritte; 0 nimmt so viele, wie in die Zeitvorgabe passen.</translation>
        </message>
        <message>
            <source>Network width:</source>
            <translation>Breite der Netze:</translation>
        </message>
        <message>
            <source>Channels at full resolution; 16 is the published size. Half of it needs about a quarter of the time.</source>
            <translation>Kanäle bei voller Auflösung; 16 ist die veröffentlichte Größe. Die Hälfte braucht etwa ein Viertel der Zeit.</translation>
        </message>
        <message>
            <source>Seed:</source>
            <translation>Startwert:</translation>
        </message>
        <message>
            <source>The same seed on the same computer gives the same training.</source>
            <translation>Derselbe Startwert gibt auf demselben Computer dasselbe Training.</translation>
        </message>
        <message>
            <source>Scans are:</source>
            <translation>Die Scans sind:</translation>
        </message>
        <message>
            <source>CT is seen through the window of Hounsfield units of its organs, MR scan by scan. Say which where values mislead: CT without air or in other numbers looks like MR.</source>
            <translation>CT wird durch das Fenster der Hounsfield-Einheiten ihrer Organe gesehen, MR Scan für Scan. Sagen Sie, was es ist, wo Werte täuschen: CT ohne Luft oder in anderen Zahlen sieht wie MR aus.</translation>
        </message>
        <message>
            <source>Train</source>
            <translation>Trainieren</translation>
        </message>
        <message>
            <source>Train both networks on this data set. Afterwards all cases are predicted.</source>
            <translation>Beide Netze auf diesem Datensatz trainieren. Danach werden alle Fälle vorhergesagt.</translation>
        </message>
        <message>
            <source>Resume</source>
            <translation>Fortsetzen</translation>
        </message>
        <message>
            <source>Go on with the training that was stopped or failed, from where it was.</source>
            <translation>Mit dem Training weitermachen, das angehalten wurde oder fehlschlug, wo es war.</translation>
        </message>
        <message>
            <source>Curves in the plot view beside the images while it trains.</source>
            <translation>Kurven in der Diagrammansicht neben den Bildern, während es trainiert.</translation>
        </message>
        <message>
            <source>Steps done.</source>
            <translation>Getane Schritte.</translation>
        </message>
        <message>
            <source>Steps, time left and memory of the training.</source>
            <translation>Schritte, verbleibende Zeit und Speicher des Trainings.</translation>
        </message>
        <message>
            <source>Dice of each label, on validation scans where there are some.</source>
            <translation>Dice jedes Labels, auf Validierungs-Scans, wo es welche gibt.</translation>
        </message>
    </context>
    <context>
        <name>Worklist</name>
        <message>
            <source>All scans</source>
            <translation>Alle Scans</translation>
        </message>
        <message>
            <source>Regions of every predicted scan in one list: two of three are dealt out by class, the third to where most is expected to be wrong.</source>
            <translation>Regionen aller vorhergesagten Scans in einer Liste: Zwei von dreien gehen reihum durch die Klassen, die dritte dorthin, wo am meisten falsch sein dürfte.</translation>
        </message>
        <message>
            <source>List regions</source>
            <translation>Auflisten</translation>
        </message>
        <message>
            <source>Look for the regions of every predicted scan, and list those to look at in this round.</source>
            <translation>Sucht die Regionen aller vorhergesagten Scans und listet auf, welche in dieser Runde anzusehen sind.</translation>
        </message>
        <message>
            <source>So many regions are listed at most. One takes about half a minute.</source>
            <translation>So viele Regionen werden höchstens aufgelistet. Eine dauert etwa eine halbe Minute.</translation>
        </message>
        <message>
            <source>Next scan</source>
            <translation>Nächster Scan</translation>
        </message>
        <message>
            <source>Submit what was verified in this scan, and go to the first region of the next scan in the list.</source>
            <translation>Sendet ab, was in diesem Scan bestätigt wurde, und geht zur ersten Region des nächsten Scans der Liste.</translation>
        </message>
        <message>
            <source>Scans whose regions are known.</source>
            <translation>Scans, deren Regionen bekannt sind.</translation>
        </message>
        <message>
            <source>The regions of this round, scan by scan. Click one to go there.</source>
            <translation>Die Regionen dieser Runde, Scan für Scan. Ein Klick führt hin.</translation>
        </message>
        <message>
            <source>Every region of this scan</source>
            <translation>Jede Region dieses Scans</translation>
        </message>
        <message>
            <source>Show also the regions of this scan that are not in the list, and those of a scan of which the model knows too little.</source>
            <translation>Zeigt auch die Regionen dieses Scans, die nicht in der Liste stehen, und die eines Scans, von dem das Modell zu wenig weiß.</translation>
        </message>
        <message>
            <source>Same kind</source>
            <translation>Gleiche Art</translation>
        </message>
        <message>
            <source>Answer all open regions of this scan that are like the selected one: of the same class, small, and both networks agree. A few of them are shown first.</source>
            <translation>Beantwortet alle offenen Regionen dieses Scans, die wie die ausgewählte sind: von derselben Klasse, klein, und beide Netze einig. Einige davon werden zuerst gezeigt.</translation>
        </message>
    </context>
    <context>
        <name>common.sentences</name>
        <message>
            <source>A fault in DualNetSSL: {0}: {1}.</source>
            <translation>Ein Fehler in DualNetSSL: {0}: {1}.</translation>
        </message>
        <message>
            <source>Nothing is lost; please report it with these words.</source>
            <translation>Nichts ist verloren; bitte melden Sie ihn mit diesen Worten.</translation>
        </message>
        <message>
            <source>There is no operation {0}.</source>
            <translation>Es gibt keine Operation {0}.</translation>
        </message>
        <message>
            <source>Reload the module.</source>
            <translation>Laden Sie das Modul neu.</translation>
        </message>
        <message>
            <source>The operation {0} cannot be called so: {1}.</source>
            <translation>Die Operation {0} kann so nicht aufgerufen werden: {1}.</translation>
        </message>
        <message>
            <source>The panel is closed.</source>
            <translation>Das Panel ist geschlossen.</translation>
        </message>
        <message>
            <source>Open the module again.</source>
            <translation>Öffnen Sie das Modul noch einmal.</translation>
        </message>
        <message>
            <source>The background process ended: {0}.</source>
            <translation>Der Hintergrundprozess endete: {0}.</translation>
        </message>
        <message>
            <source>Try again.</source>
            <translation>Versuchen Sie es noch einmal.</translation>
        </message>
        <message>
            <source>The address {0} cannot be used.</source>
            <translation>Die Adresse {0} kann nicht verwendet werden.</translation>
        </message>
        <message>
            <source>Paste it as the server shows it when it starts, for instance http://127.0.0.1:8750</source>
            <translation>Fügen Sie sie so ein, wie der Server sie beim Start zeigt, zum Beispiel http://127.0.0.1:8750</translation>
        </message>
        <message>
            <source>The certificate fingerprint {0} is not a SHA-256.</source>
            <translation>Der Fingerabdruck {0} des Zertifikats ist kein SHA-256.</translation>
        </message>
        <message>
            <source>Paste the 64 hex digits that the server shows when it starts.</source>
            <translation>Fügen Sie die 64 Hexadezimalziffern ein, die der Server beim Start zeigt.</translation>
        </message>
        <message>
            <source>{0} says it is {1}.</source>
            <translation>{0} sagt, es sei {1}.</translation>
        </message>
        <message>
            <source>Check the address.</source>
            <translation>Prüfen Sie die Adresse.</translation>
        </message>
        <message>
            <source>The server speaks version {0} of the interface; this module speaks {1}.</source>
            <translation>Der Server spricht Version {0} der Schnittstelle; dieses Modul spricht {1}.</translation>
        </message>
        <message>
            <source>Update the older of the two.</source>
            <translation>Aktualisieren Sie das ältere von beiden.</translation>
        </message>
        <message>
            <source>Event {0} is missing.</source>
            <translation>Ereignis {0} fehlt.</translation>
        </message>
        <message>
            <source>Follow the job again from the start.</source>
            <translation>Verfolgen Sie den Auftrag noch einmal von Anfang an.</translation>
        </message>
        <message>
            <source>The bytes that came are not the ones asked for.</source>
            <translation>Die Bytes, die kamen, sind nicht die verlangten.</translation>
        </message>
        <message>
            <source>They were thrown away; fetch them again.</source>
            <translation>Sie wurden verworfen; holen Sie sie noch einmal.</translation>
        </message>
        <message>
            <source>Only {0} of {1} bytes came.</source>
            <translation>Nur {0} von {1} Bytes kamen.</translation>
        </message>
        <message>
            <source>Try again; they are kept.</source>
            <translation>Versuchen Sie es noch einmal; sie sind aufgehoben.</translation>
        </message>
        <message>
            <source>Bytes from {0} on were asked for; {1} came.</source>
            <translation>Verlangt waren Bytes ab {0}; es kam {1}.</translation>
        </message>
        <message>
            <source>Check proxies in between.</source>
            <translation>Prüfen Sie Proxys dazwischen.</translation>
        </message>
        <message>
            <source>Check that the file is there, that you may use it, and that the disk is not full.</source>
            <translation>Prüfen Sie, ob die Datei da ist, ob Sie sie benutzen dürfen und ob die Platte nicht voll ist.</translation>
        </message>
        <message>
            <source>The answer is not the list that was asked for.</source>
            <translation>Die Antwort ist nicht die verlangte Liste.</translation>
        </message>
        <message>
            <source>The answer {0}.</source>
            <translation>Die Antwort {0}.</translation>
        </message>
        <message>
            <source>Server and module are of versions that do not fit: update the older one.</source>
            <translation>Server und Modul haben Versionen, die nicht zueinander passen: Aktualisieren Sie das ältere.</translation>
        </message>
        <message>
            <source>Something answers at {0}, but it is no DualNetSSL server.</source>
            <translation>Unter {0} antwortet etwas, aber es ist kein DualNetSSL-Server.</translation>
        </message>
        <message>
            <source>Check the address and the port.</source>
            <translation>Prüfen Sie Adresse und Port.</translation>
        </message>
        <message>
            <source>The connection to {0} broke.</source>
            <translation>Die Verbindung zu {0} brach ab.</translation>
        </message>
        <message>
            <source>Try again; what arrived is kept.</source>
            <translation>Versuchen Sie es noch einmal; was ankam, ist aufgehoben.</translation>
        </message>
        <message>
            <source>The certificate of {0} is not vouched for.</source>
            <translation>Für das Zertifikat von {0} bürgt niemand.</translation>
        </message>
        <message>
            <source>If the server made it itself, give the fingerprint that it shows when it starts.</source>
            <translation>Hat der Server es selbst gemacht, geben Sie den Fingerabdruck ein, den er beim Start zeigt.</translation>
        </message>
        <message>
            <source>{0} points to {1}.</source>
            <translation>{0} verweist auf {1}.</translation>
        </message>
        <message>
            <source>Your token was not sent there. If you trust that place, enter its address instead.</source>
            <translation>Ihr Token wurde nicht dorthin geschickt. Wenn Sie jener Stelle vertrauen, geben Sie ihre Adresse ein.</translation>
        </message>
        <message>
            <source>The server at {0} cannot answer now: {1}</source>
            <translation>Der Server unter {0} kann gerade nicht antworten: {1}</translation>
        </message>
        <message>
            <source>The server does not accept the token, or no longer.</source>
            <translation>Der Server nimmt das Token nicht an oder nicht mehr.</translation>
        </message>
        <message>
            <source>Connect again, which says why; then paste the one that it shows when it starts, or ask for a new one.</source>
            <translation>Verbinden Sie sich noch einmal, das sagt, warum; fügen Sie dann das Token ein, das er beim Start zeigt, oder bitten Sie um ein neues.</translation>
        </message>
        <message>
            <source>Your account may not do this.</source>
            <translation>Ihr Konto darf das nicht.</translation>
        </message>
        <message>
            <source>Ask who runs the server.</source>
            <translation>Fragen Sie, wer den Server betreibt.</translation>
        </message>
        <message>
            <source>No computer is known by the name in {0}.</source>
            <translation>Unter dem Namen in {0} ist kein Computer bekannt.</translation>
        </message>
        <message>
            <source>Check the spelling and the network.</source>
            <translation>Prüfen Sie Schreibweise und Netz.</translation>
        </message>
        <message>
            <source>The proxy did not let us through to {0}.</source>
            <translation>Der Proxy ließ uns nicht zu {0} durch.</translation>
        </message>
        <message>
            <source>Check the proxy settings of this computer (NO_PROXY).</source>
            <translation>Prüfen Sie die Proxy-Einstellungen dieses Computers (NO_PROXY).</translation>
        </message>
        <message>
            <source>No server listens at {0}.</source>
            <translation>Unter {0} hört kein Server.</translation>
        </message>
        <message>
            <source>Start the server, or check the port.</source>
            <translation>Starten Sie den Server, oder prüfen Sie den Port.</translation>
        </message>
        <message>
            <source>{0} cannot be reached from here.</source>
            <translation>{0} ist von hier nicht zu erreichen.</translation>
        </message>
        <message>
            <source>Check the network and the address.</source>
            <translation>Prüfen Sie Netz und Adresse.</translation>
        </message>
        <message>
            <source>{0} did not answer in time.</source>
            <translation>{0} antwortete nicht rechtzeitig.</translation>
        </message>
        <message>
            <source>Check the network and the firewall; a busy server may need longer.</source>
            <translation>Prüfen Sie Netz und Firewall; ein beschäftigter Server braucht vielleicht länger.</translation>
        </message>
        <message>
            <source>The certificate of {0} is not the one whose fingerprint was given.</source>
            <translation>Das Zertifikat von {0} ist nicht das, dessen Fingerabdruck angegeben war.</translation>
        </message>
        <message>
            <source>Compare it with what the server shows. If it differs there too, somebody may be in between: do not go on.</source>
            <translation>Vergleichen Sie ihn mit dem, was der Server zeigt. Weicht er auch dort ab, ist vielleicht jemand dazwischen: Machen Sie nicht weiter.</translation>
        </message>
        <message>
            <source>{0} does not speak TLS.</source>
            <translation>{0} spricht kein TLS.</translation>
        </message>
        <message>
            <source>Use an address that starts with http://</source>
            <translation>Nehmen Sie eine Adresse, die mit http:// beginnt</translation>
        </message>
        <message>
            <source>The token has characters that no token has.</source>
            <translation>Das Token hat Zeichen, die kein Token hat.</translation>
        </message>
        <message>
            <source>Paste it as the server shows it.</source>
            <translation>Fügen Sie es so ein, wie der Server es zeigt.</translation>
        </message>
        <message>
            <source>The answer says {0} for {1}.</source>
            <translation>Die Antwort sagt {0} für {1}.</translation>
        </message>
        <message>
            <source>Check the address and proxies in between.</source>
            <translation>Prüfen Sie die Adresse und Proxys dazwischen.</translation>
        </message>
        <message>
            <source>A certificate fingerprint was given, but {0} is not encrypted.</source>
            <translation>Ein Fingerabdruck war angegeben, aber {0} ist nicht verschlüsselt.</translation>
        </message>
        <message>
            <source>Use an address that starts with https:// or leave the fingerprint empty.</source>
            <translation>Nehmen Sie eine Adresse, die mit https:// beginnt, oder lassen Sie den Fingerabdruck leer.</translation>
        </message>
        <message>
            <source>{0} changed while it was sent.</source>
            <translation>{0} änderte sich, während es geschickt wurde.</translation>
        </message>
        <message>
            <source>Wait until it is written completely, then send it.</source>
            <translation>Warten Sie, bis es ganz geschrieben ist, und schicken Sie es dann.</translation>
        </message>
        <message>
            <source>{0} has {1} bytes; this server takes at most {2}.</source>
            <translation>{0} hat {1} Bytes; dieser Server nimmt höchstens {2}.</translation>
        </message>
        <message>
            <source>Crop the volume, or have the server's cap raised.</source>
            <translation>Beschneiden Sie das Volumen, oder lassen Sie die Grenze des Servers erhöhen.</translation>
        </message>
        <message>
            <source>{0} is damaged or incomplete.</source>
            <translation>{0} ist beschädigt oder unvollständig.</translation>
        </message>
        <message>
            <source>Copy or export it again.</source>
            <translation>Kopieren oder exportieren Sie es noch einmal.</translation>
        </message>
        <message>
            <source>An array of shape {0} [k, j, i] was given for a grid of {1} [i, j, k].</source>
            <translation>Ein Feld der Form {0} [k, j, i] kam für ein Gitter von {1} [i, j, k].</translation>
        </message>
        <message>
            <source>Take both from the same volume.</source>
            <translation>Nehmen Sie beide aus demselben Volumen.</translation>
        </message>
        <message>
            <source>A label volume with values from {0} to {1} was given.</source>
            <translation>Es kam ein Label-Volumen mit Werten von {0} bis {1}.</translation>
        </message>
        <message>
            <source>Labels are whole numbers from 0 to 255; check that this is no scan or probability map.</source>
            <translation>Labels sind ganze Zahlen von 0 bis 255; prüfen Sie, ob dies ein Scan oder eine Karte von Wahrscheinlichkeiten ist.</translation>
        </message>
        <message>
            <source>A {0}-D volume with {1} values per voxel was given.</source>
            <translation>Es kam ein {0}-D-Volumen mit {1} Werten je Voxel.</translation>
        </message>
        <message>
            <source>Volumes must be 3-D with one value per voxel, scans with 1 to 8 (no colours); choose one time point.</source>
            <translation>Volumen müssen 3-D sein, mit einem Wert je Voxel, Scans mit 1 bis 8 (keine Farben); wählen Sie einen Zeitpunkt.</translation>
        </message>
        <message>
            <source>{0} is of a format that is not read here.</source>
            <translation>{0} hat ein Format, das hier nicht gelesen wird.</translation>
        </message>
        <message>
            <source>Use one of {0}; load DICOM in 3D Slicer, which sends voxels and geometry only.</source>
            <translation>Nehmen Sie eines von {0}; laden Sie DICOM in 3D Slicer, das nur Voxel und Geometrie schickt.</translation>
        </message>
        <message>
            <source>{0} voxels are painted here outside the bounds of the organ.</source>
            <translation>Hier sind {0} Voxel außerhalb der Grenzen des Organs gemalt.</translation>
        </message>
        <message>
            <source>Erase them, or set the bounds further out: First slice and Last slice set them anew.</source>
            <translation>Löschen Sie sie, oder setzen Sie die Grenzen weiter außen: „Erste Schicht“ und „Letzte Schicht“ setzen sie neu.</translation>
        </message>
        <message>
            <source>{0} voxels that you painted or verified lie outside these bounds (slices {1}).</source>
            <translation>{0} Voxel, die Sie gemalt oder bestätigt haben, liegen außerhalb dieser Grenzen (Schichten {1}).</translation>
        </message>
        <message>
            <source>Erase them there if the organ is not there; else set the bounds further out. Nothing was changed.</source>
            <translation>Löschen Sie sie dort, wenn das Organ nicht dort ist; sonst setzen Sie die Grenzen weiter außen. Es wurde nichts geändert.</translation>
        </message>
        <message>
            <source>The first slice of the organ would be {0}, and the last one {1}.</source>
            <translation>Die erste Schicht des Organs wäre {0} und die letzte {1}.</translation>
        </message>
        <message>
            <source>The first slice has the smaller number: go to the other end of the organ, or press the other key.</source>
            <translation>Die erste Schicht hat die kleinere Nummer: Gehen Sie zum anderen Ende des Organs, oder drücken Sie die andere Taste.</translation>
        </message>
        <message>
            <source>There is no format {0}.</source>
            <translation>Es gibt kein Format {0}.</translation>
        </message>
        <message>
            <source>Choose from {0}.</source>
            <translation>Wählen Sie aus {0}.</translation>
        </message>
        <message>
            <source>{0} already holds {1}{2}; nothing was written.</source>
            <translation>{0} enthält schon {1}{2}; nichts wurde geschrieben.</translation>
        </message>
        <message>
            <source>Choose an empty folder, or allow that files are replaced.</source>
            <translation>Wählen Sie einen leeren Ordner, oder erlauben Sie, dass Dateien ersetzt werden.</translation>
        </message>
        <message>
            <source>{0} could not be written as a whole; {1} MB are free there. Nothing of it was left.</source>
            <translation>{0} konnte nicht ganz geschrieben werden; dort sind {1} MB frei. Nichts davon blieb übrig.</translation>
        </message>
        <message>
            <source>Make room on the disk or choose a folder elsewhere, then export again.</source>
            <translation>Machen Sie Platz auf der Platte, oder wählen Sie einen Ordner anderswo, und exportieren Sie dann noch einmal.</translation>
        </message>
        <message>
            <source>{0} has the shape {1} [k, j, i]; the scan {2} on the server has {3}.</source>
            <translation>{0} hat die Form {1} [k, j, i]; der Scan {2} auf dem Server hat {3}.</translation>
        </message>
        <message>
            <source>The scan was replaced since: open the case again.</source>
            <translation>Der Scan wurde seither ersetzt: Öffnen Sie den Fall noch einmal.</translation>
        </message>
        <message>
            <source>{0} voxels are painted or verified here, so this is not empty.</source>
            <translation>Hier sind {0} Voxel gemalt oder bestätigt, das ist also nicht leer.</translation>
        </message>
        <message>
            <source>Erase them first, or go on: what is painted is verified by going on.</source>
            <translation>Löschen Sie sie zuerst, oder gehen Sie weiter: Was gemalt ist, wird durch Weitergehen bestätigt.</translation>
        </message>
        <message>
            <source>Nothing is painted that a box could be drawn around.</source>
            <translation>Nichts ist gemalt, um das ein Kasten gezogen werden könnte.</translation>
        </message>
        <message>
            <source>Paint where the organ is largest first, in each direction.</source>
            <translation>Malen Sie zuerst dort, wo das Organ in jeder Richtung am größten ist.</translation>
        </message>
        <message>
            <source>Slice {0} is verified already.</source>
            <translation>Schicht {0} ist schon bestätigt.</translation>
        </message>
        <message>
            <source>Take that back first if the proposal is better.</source>
            <translation>Nehmen Sie das zuerst zurück, wenn der Vorschlag besser ist.</translation>
        </message>
        <message>
            <source>{0} is kept on this computer until the server has it.</source>
            <translation>{0} bleibt auf diesem Computer, bis der Server es hat.</translation>
        </message>
        <message>
            <source>{0} submitted revision {1} of {2} since you began with revision {3}.</source>
            <translation>{0} hat Revision {1} von {2} abgesandt, seit Sie mit Revision {3} begannen.</translation>
        </message>
        <message>
            <source>Both labels are kept: compare them, then send yours as the next revision or drop it.</source>
            <translation>Beide Labels sind aufgehoben: Vergleichen Sie sie, dann senden Sie Ihres als nächste Revision, oder verwerfen Sie es.</translation>
        </message>
        <message>
            <source>This label is not in the outbox any more.</source>
            <translation>Dieses Label ist nicht mehr im Postausgang.</translation>
        </message>
        <message>
            <source>The server has it, or it was removed.</source>
            <translation>Der Server hat es, oder es wurde entfernt.</translation>
        </message>
        <message>
            <source>The same button goes on where it ended.</source>
            <translation>Dieselbe Schaltfläche macht dort weiter, wo es endete.</translation>
        </message>
        <message>
            <source>The program was ended from outside, perhaps for want of memory.</source>
            <translation>Das Programm wurde von außen beendet, vielleicht weil Speicher fehlte.</translation>
        </message>
        <message>
            <source>Close other programs. {0}</source>
            <translation>Schließen Sie andere Programme. {0}</translation>
        </message>
        <message>
            <source>If it stays so, install Python 3.12 (64 bit) and remove the server's folder. {0}</source>
            <translation>Bleibt es so, installieren Sie Python 3.12 (64 Bit), und entfernen Sie den Ordner des Servers. {0}</translation>
        </message>
        <message>
            <source>The disk is full.</source>
            <translation>Die Platte ist voll.</translation>
        </message>
        <message>
            <source>Make room, or choose a folder on another disk. {0}</source>
            <translation>Machen Sie Platz, oder wählen Sie einen Ordner auf einer anderen Platte. {0}</translation>
        </message>
        <message>
            <source>A file's path would be longer than this system allows.</source>
            <translation>Der Pfad einer Datei würde länger, als dieses System erlaubt.</translation>
        </message>
        <message>
            <source>Choose a folder with a shorter path, such as one directly on a disk.</source>
            <translation>Wählen Sie einen Ordner mit kürzerem Pfad, etwa direkt auf einer Platte.</translation>
        </message>
        <message>
            <source>The package index could not be trusted: its certificate is not one that this computer knows.</source>
            <translation>Dem Paketverzeichnis war nicht zu trauen: Sein Zertifikat kennt dieser Computer nicht.</translation>
        </message>
        <message>
            <source>The network may look into encrypted traffic: ask its administrators for their certificate, and name that file in the variable PIP_CERT before Slicer starts. {0}</source>
            <translation>Vielleicht sieht das Netz in verschlüsselten Verkehr hinein: Bitten Sie seine Verwalter um ihr Zertifikat, und nennen Sie jene Datei in der Variablen PIP_CERT, bevor Slicer startet. {0}</translation>
        </message>
        <message>
            <source>The network's proxy did not let the request for packages through.</source>
            <translation>Der Proxy des Netzes ließ die Bitte um Pakete nicht durch.</translation>
        </message>
        <message>
            <source>Ask its administrators for the proxy's address, and name it in HTTPS_PROXY before Slicer starts. {0}</source>
            <translation>Fragen Sie seine Verwalter nach der Adresse des Proxys, und nennen Sie sie in HTTPS_PROXY, bevor Slicer startet. {0}</translation>
        </message>
        <message>
            <source>The packages could not be reached over the network.</source>
            <translation>Die Pakete waren über das Netz nicht zu erreichen.</translation>
        </message>
        <message>
            <source>Check that this computer is online; where a site has a package index of its own, set it in pip's configuration. {0}</source>
            <translation>Prüfen Sie, ob dieser Computer am Netz ist; wo ein Haus ein eigenes Paketverzeichnis hat, stellen Sie es in pips Konfiguration ein. {0}</translation>
        </message>
        <message>
            <source>This Python cannot make an environment: its part ensurepip is missing.</source>
            <translation>Dieses Python kann keine Umgebung anlegen: Sein Teil ensurepip fehlt.</translation>
        </message>
        <message>
            <source>On Debian and Ubuntu: sudo apt install python3-venv. Elsewhere install Python 3.12, then try again.</source>
            <translation>Auf Debian und Ubuntu: sudo apt install python3-venv. Sonst installieren Sie Python 3.12 und versuchen es dann noch einmal.</translation>
        </message>
        <message>
            <source>This Python does not find its own library, so it cannot start.</source>
            <translation>Dieses Python findet seine eigene Bibliothek nicht und kann nicht starten.</translation>
        </message>
        <message>
            <source>Install Python 3.12 (64 bit), then try again.</source>
            <translation>Installieren Sie Python 3.12 (64 Bit), und versuchen Sie es dann noch einmal.</translation>
        </message>
        <message>
            <source>A package that came is not the one that was asked for.</source>
            <translation>Ein Paket, das kam, ist nicht das verlangte.</translation>
        </message>
        <message>
            <source>A proxy may have changed it, or the download broke. Try again; if it stays so, do not go on, and tell the network's administrators.</source>
            <translation>Vielleicht hat ein Proxy es geändert, oder das Laden brach ab. Versuchen Sie es noch einmal; bleibt es so, machen Sie nicht weiter, und sagen Sie es den Verwaltern des Netzes.</translation>
        </message>
        <message>
            <source>A file could not be written.</source>
            <translation>Eine Datei konnte nicht geschrieben werden.</translation>
        </message>
        <message>
            <source>Choose a folder in which you may write. On Windows a virus scanner may hold a file for a while: try again.</source>
            <translation>Wählen Sie einen Ordner, in den Sie schreiben dürfen. Unter Windows hält vielleicht ein Virenscanner eine Datei eine Weile fest: Versuchen Sie es noch einmal.</translation>
        </message>
        <message>
            <source>The package index has no build of a package for this computer.</source>
            <translation>Das Paketverzeichnis hat für diesen Computer keinen Bau eines Pakets.</translation>
        </message>
        <message>
            <source>Install Python 3.12 (64 bit) and try again; a site's own index has to have PyTorch, too.</source>
            <translation>Installieren Sie Python 3.12 (64 Bit), und versuchen Sie es noch einmal; ein eigenes Verzeichnis des Hauses muss auch PyTorch haben.</translation>
        </message>
        <message>
            <source>This computer's memory did not suffice.</source>
            <translation>Der Speicher dieses Computers reichte nicht.</translation>
        </message>
        <message>
            <source>Looking for a Python for the server</source>
            <translation>Suche ein Python für den Server</translation>
        </message>
        <message>
            <source>Making an environment for the server with Python {0}.{1}</source>
            <translation>Lege eine Umgebung für den Server mit Python {0}.{1} an</translation>
        </message>
        <message>
            <source>No NVIDIA card was found on this computer.</source>
            <translation>Auf diesem Computer wurde keine NVIDIA-Karte gefunden.</translation>
        </message>
        <message>
            <source>Choose the processor, or install the driver.</source>
            <translation>Wählen Sie den Prozessor, oder installieren Sie den Treiber.</translation>
        </message>
        <message>
            <source>{0} is no environment any more.</source>
            <translation>{0} ist keine Umgebung mehr.</translation>
        </message>
        <message>
            <source>Remove that folder and try again.</source>
            <translation>Entfernen Sie jenen Ordner, und versuchen Sie es noch einmal.</translation>
        </message>
        <message>
            <source>The server's environment needs {0} GB; {1} has {2} GB left.</source>
            <translation>Die Umgebung des Servers braucht {0} GB; {1} hat noch {2} GB.</translation>
        </message>
        <message>
            <source>Make room, or choose a folder on another disk.</source>
            <translation>Machen Sie Platz, oder wählen Sie einen Ordner auf einer anderen Platte.</translation>
        </message>
        <message>
            <source>This build of PyTorch cannot be had from here; trying the next</source>
            <translation>Dieser Bau von PyTorch ist von hier nicht zu haben; der nächste wird versucht</translation>
        </message>
        <message>
            <source>Slicer runs as an Intel program on Apple's processor, so its own Python cannot be used. Install Python 3.12 from python's website (its installer is for both processors), then try again.</source>
            <translation>Slicer läuft als Intel-Programm auf Apples Prozessor, darum kann sein eigenes Python nicht verwendet werden. Installieren Sie Python 3.12 von Pythons Website (ihr Installer ist für beide Prozessoren), und versuchen Sie es dann noch einmal.</translation>
        </message>
        <message>
            <source>This Mac has an Intel processor, for which PyTorch is no longer made: no server can run on it.</source>
            <translation>Dieser Mac hat einen Intel-Prozessor, für den PyTorch nicht mehr gemacht wird: Auf ihm kann kein Server laufen.</translation>
        </message>
        <message>
            <source>All else of the module works here. Start the server on another computer (Linux or Windows, best with an NVIDIA card, or a Mac with Apple's processor) and connect to it by its address.</source>
            <translation>Alles andere am Modul geht hier. Starten Sie den Server auf einem anderen Computer (Linux oder Windows, am besten mit NVIDIA-Karte, oder ein Mac mit Apples Prozessor), und verbinden Sie sich über seine Adresse.</translation>
        </message>
        <message>
            <source>Install Python 3.12 (64 bit) from python's website, not from Microsoft's store, then try again.</source>
            <translation>Installieren Sie Python 3.12 (64 Bit) von Pythons Website, nicht aus Microsofts Store, und versuchen Sie es dann noch einmal.</translation>
        </message>
        <message>
            <source>Install Python 3.12 from python's website or with Homebrew, then try again.</source>
            <translation>Installieren Sie Python 3.12 von Pythons Website oder mit Homebrew, und versuchen Sie es dann noch einmal.</translation>
        </message>
        <message>
            <source>Install Python 3.12 with its part venv (Debian and Ubuntu: sudo apt install python3-venv), then try again.</source>
            <translation>Installieren Sie Python 3.12 mit seinem Teil venv (Debian und Ubuntu: sudo apt install python3-venv), und versuchen Sie es dann noch einmal.</translation>
        </message>
        <message>
            <source>Another Slicer sets this server up or starts it; waiting for that</source>
            <translation>Ein anderes Slicer richtet diesen Server ein oder startet ihn; darauf wird gewartet</translation>
        </message>
        <message>
            <source>Another server uses {0}.</source>
            <translation>Ein anderer Server benutzt {0}.</translation>
        </message>
        <message>
            <source>Connect to it by its address, stop it, or choose another folder.</source>
            <translation>Verbinden Sie sich über seine Adresse, beenden Sie ihn, oder wählen Sie einen anderen Ordner.</translation>
        </message>
        <message>
            <source>The server did not start: {0}</source>
            <translation>Der Server startete nicht: {0}</translation>
        </message>
        <message>
            <source>{0} tells more.</source>
            <translation>{0} sagt mehr.</translation>
        </message>
        <message>
            <source>This computer has no free port.</source>
            <translation>Dieser Computer hat keinen freien Port.</translation>
        </message>
        <message>
            <source>Close other programs and try again.</source>
            <translation>Schließen Sie andere Programme, und versuchen Sie es noch einmal.</translation>
        </message>
        <message>
            <source>Starting the server</source>
            <translation>Der Server startet</translation>
        </message>
        <message>
            <source>The server in {0} runs, but has not answered for {1} s.</source>
            <translation>Der Server in {0} läuft, antwortet aber seit {1} s nicht.</translation>
        </message>
        <message>
            <source>Try again when this computer is less busy; {0} may tell more.</source>
            <translation>Versuchen Sie es noch einmal, wenn dieser Computer weniger zu tun hat; {0} sagt vielleicht mehr.</translation>
        </message>
        <message>
            <source>The server in {0} does not stop.</source>
            <translation>Der Server in {0} hört nicht auf.</translation>
        </message>
        <message>
            <source>Wait a minute, then try again.</source>
            <translation>Warten Sie eine Minute, und versuchen Sie es dann noch einmal.</translation>
        </message>
        <message>
            <source>{0} cannot start the server: {1}.</source>
            <translation>{0} kann den Server nicht starten: {1}.</translation>
        </message>
        <message>
            <source>Remove the folder {0}, then start it again.</source>
            <translation>Entfernen Sie den Ordner {0}, und starten Sie ihn dann noch einmal.</translation>
        </message>
        <message>
            <source>{0} has no pip.</source>
            <translation>{0} hat kein pip.</translation>
        </message>
        <message>
            <source>{0} cannot be run: {1}.</source>
            <translation>{0} kann nicht ausgeführt werden: {1}.</translation>
        </message>
        <message>
            <source>Remove the server's folder and try again.</source>
            <translation>Entfernen Sie den Ordner des Servers, und versuchen Sie es noch einmal.</translation>
        </message>
        <message>
            <source>The set-up was stopped.</source>
            <translation>Die Einrichtung wurde angehalten.</translation>
        </message>
        <message>
            <source>The server does not lie beside the module.</source>
            <translation>Der Server liegt nicht neben dem Modul.</translation>
        </message>
        <message>
            <source>Install the extension again.</source>
            <translation>Installieren Sie die Erweiterung noch einmal.</translation>
        </message>
        <message>
            <source>There is no map {0}.</source>
            <translation>Es gibt keine Karte {0}.</translation>
        </message>
        <message>
            <source>The model has not found this label in the scan.</source>
            <translation>Das Modell hat dieses Label im Scan nicht gefunden.</translation>
        </message>
        <message>
            <source>Choose another label, or all of them.</source>
            <translation>Wählen Sie ein anderes Label oder alle.</translation>
        </message>
        <message>
            <source>There is no prediction to take seeds from.</source>
            <translation>Es gibt keine Vorhersage, der Keime zu entnehmen wären.</translation>
        </message>
        <message>
            <source>Paint the region, or train a model first.</source>
            <translation>Malen Sie die Region, oder trainieren Sie zuerst ein Modell.</translation>
        </message>
        <message>
            <source>This prediction does not tell what each network says: an earlier version made it.</source>
            <translation>Diese Vorhersage sagt nicht, was jedes Netz meint: Eine frühere Version hat sie gemacht.</translation>
        </message>
        <message>
            <source>Predict the scan again; painting, accepting and restoring work without.</source>
            <translation>Den Scan noch einmal vorhersagen; Malen, Annehmen und Zurücksetzen gehen auch ohne.</translation>
        </message>
        <message>
            <source>A touch cannot spread: {0}.</source>
            <translation>Eine Berührung kann sich nicht ausbreiten: {0}.</translation>
        </message>
        <message>
            <source>Touch with a class that the model knows.</source>
            <translation>Mit einer Klasse berühren, die das Modell kennt.</translation>
        </message>
        <message>
            <source>There is nothing to fill: no slice of this region lies between two painted ones.</source>
            <translation>Es gibt nichts zu füllen: Keine Schicht dieser Region liegt zwischen zwei gemalten.</translation>
        </message>
        <message>
            <source>Paint two slices of one view, with others between them.</source>
            <translation>Malen Sie zwei Schichten einer Ansicht, mit anderen dazwischen.</translation>
        </message>
        <message>
            <source>{0} is damaged.</source>
            <translation>{0} ist beschädigt.</translation>
        </message>
        <message>
            <source>Open the case again; it is fetched anew.</source>
            <translation>Öffnen Sie den Fall noch einmal; er wird neu geholt.</translation>
        </message>
        <message>
            <source>The regions cannot be read.</source>
            <translation>Die Regionen lassen sich nicht lesen.</translation>
        </message>
        <message>
            <source>Move the threshold: they are found anew.</source>
            <translation>Verschieben Sie die Schwelle: Sie werden neu gesucht.</translation>
        </message>
        <message>
            <source>No model has predicted the case {0}.</source>
            <translation>Kein Modell hat den Fall {0} vorhergesagt.</translation>
        </message>
        <message>
            <source>Predict it, then look for its regions.</source>
            <translation>Lassen Sie ihn vorhersagen, dann suchen Sie seine Regionen.</translation>
        </message>
        <message>
            <source>The verified mask {0} does not fit: {1}.</source>
            <translation>Die Maske {0} des Bestätigten passt nicht: {1}.</translation>
        </message>
        <message>
            <source>Open the case again, which makes it anew.</source>
            <translation>Öffnen Sie den Fall noch einmal, das macht sie neu.</translation>
        </message>
        <message>
            <source>Another scan of the data set is called {0}.</source>
            <translation>Ein anderer Scan des Datensatzes heißt {0}.</translation>
        </message>
        <message>
            <source>Rename the file.</source>
            <translation>Benennen Sie die Datei um.</translation>
        </message>
        <message>
            <source>{0} holds no scan that can be read.</source>
            <translation>{0} enthält keinen Scan, der gelesen werden kann.</translation>
        </message>
        <message>
            <source>Choose a folder with {0} files; bring DICOM in through Slicer's DICOM module.</source>
            <translation>Einen Ordner mit Dateien der Art {0} wählen; DICOM über das DICOM-Modul von Slicer einlesen.</translation>
        </message>
        <message>
            <source>What the networks say of this scan cannot be read: {0}.</source>
            <translation>Was die Netze zu diesem Scan meinen, ist nicht zu lesen: {0}.</translation>
        </message>
        <message>
            <source>Predict it again; if that does not help, update this module.</source>
            <translation>Noch einmal vorhersagen; wenn das nicht hilft, dieses Modul aktualisieren.</translation>
        </message>
        <message>
            <source>{0} has the values {1}; the data set has {2}.</source>
            <translation>{0} hat die Werte {1}; der Datensatz hat {2}.</translation>
        </message>
        <message>
            <source>Give these voxels a value of the data set, or put a file labels.json beside the labels that names their values, for instance {"liver": 5}.</source>
            <translation>Diesen Voxeln einen Wert des Datensatzes geben, oder neben die Labels eine Datei labels.json legen, die ihre Werte benennt, zum Beispiel {"liver": 5}.</translation>
        </message>
        <message>
            <source>{0} makes no sense ({1}).</source>
            <translation>{0} ergibt keinen Sinn ({1}).</translation>
        </message>
        <message>
            <source>Correct it, or take it away.</source>
            <translation>Berichtigen oder wegnehmen.</translation>
        </message>
        <message>
            <source>{0} shares {1} voxels with other masks.</source>
            <translation>{0} teilt {1} Voxel mit anderen Masken.</translation>
        </message>
        <message>
            <source>Take them out of one.</source>
            <translation>Sie aus einer davon entfernen.</translation>
        </message>
        <message>
            <source>The certificate of {0} is not vouched for. Its SHA-256 is {1}.</source>
            <translation>Für das Zertifikat von {0} bürgt niemand. Sein SHA-256 ist {1}.</translation>
        </message>
        <message>
            <source>If the server's owner tells you the same fingerprint, enter it to trust this certificate and no other.</source>
            <translation>Nennt der Besitzer des Servers Ihnen denselben Fingerabdruck, geben Sie ihn ein, um diesem Zertifikat und keinem anderen zu trauen.</translation>
        </message>
        <message>
            <source>Danger: the certificate of {0} is not the one that you trust. It shows {1}; trusted is {2}.</source>
            <translation>Gefahr: Das Zertifikat von {0} ist nicht das, dem Sie trauen. Es zeigt {1}; getraut wird {2}.</translation>
        </message>
        <message>
            <source>Somebody may be in between: do not go on before the server's owner has told you the new fingerprint.</source>
            <translation>Vielleicht ist jemand dazwischen: Machen Sie nicht weiter, bevor der Besitzer des Servers Ihnen den neuen Fingerabdruck genannt hat.</translation>
        </message>
    </context>
</TS>
